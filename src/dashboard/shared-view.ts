import { seconds } from '../lib/durations'

/** Longer ago nobody is shown it, as long as somebody asks. */
const oldest = seconds(4)

/**
 * One answer for everybody who asks: computed at most every few seconds, only when somebody asks, and once at a time. A
 * computation that fails is nobody's answer but of those who waited for it.
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
    } else if (this.#last && performance.now() - this.#last.at < oldest) {
      return this.#last.value
    }
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
