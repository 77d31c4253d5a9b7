import { seconds } from '../lib/durations'

/** Who asks later than this after it was begun has the next one begun. */
const renewedAfter = seconds(14)
/** What is older is shown to nobody: they wait for the next one. */
const oldest = seconds(30)

/**
 * One answer for everybody who asks: computed at most every few seconds, only when somebody asks, and once at a time. While the
 * next one is computed, those who ask are given the last one. A computation that fails is nobody's answer but of those who waited
 * for it.
 */
export class SharedView<T> {
  readonly #compute: () => Promise<T>
  #last: { readonly value: T; readonly at: number } | undefined
  #flight: Promise<T> | undefined

  constructor(compute: () => Promise<T>) {
    this.#compute = compute
  }

  /** `isFresh` asks for one that begins now: who has just changed something must see it. */
  async get({ isFresh = false } = {}): Promise<T> {
    if (isFresh) {
      await this.#flight?.catch(() => undefined)
      return this.#next()
    }
    const age = this.#last ? performance.now() - this.#last.at : Infinity
    if (!this.#last || age >= oldest) return this.#next()
    // Its failure is told by the next one who has to wait.
    if (age >= renewedAfter) this.#next().catch(() => undefined)
    return this.#last.value
  }

  async #next(): Promise<T> {
    this.#flight ??= this.#fly().finally(() => (this.#flight = undefined))
    return this.#flight
  }

  async #fly(): Promise<T> {
    const at = performance.now()
    const value = await this.#compute()
    this.#last = { value, at }
    return value
  }
}
