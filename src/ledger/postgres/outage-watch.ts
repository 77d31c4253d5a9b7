import type { StorageUnavailableError } from '../../job/errors'
import { seconds } from '../../lib/durations'
import { wait } from '../../lib/wait'
import { isShortage } from './postgres-trouble'

/** Hears of each outage once, and once more when it is over. */
export interface OutageListener {
  readonly lost: (error: Error) => void
  /** It was over after so many milliseconds. */
  readonly back: (outageMs: number) => void
}

/** Milliseconds between two looks at whether Postgres is back. */
const lookEvery = seconds(1)

/**
 * How long a server that lacks room or connections must have refused nobody. It has some for one statement and none for the
 * next; syncs that it made wait try again sooner than this.
 */
const calm = seconds(12)

/** Makes one outage of all the errors that it brings, for one process. */
export class OutageWatch implements AsyncDisposable {
  readonly #works: () => Promise<unknown>
  readonly #listener: OutageListener
  readonly #stop = new AbortController()
  #watching: Promise<void> | undefined
  #last: { readonly error: StorageUnavailableError; readonly at: number } | undefined

  /** `works` resolves where Postgres answers and takes writes, and rejects in time where it does not. */
  constructor(works: () => Promise<unknown>, listener: OutageListener) {
    this.#works = works
    this.#listener = listener
  }

  /** Why Postgres is of no use now; undefined where it is. */
  get reason(): Error | undefined {
    return this.#last?.error
  }

  /** Something failed that shows an outage. */
  readonly note = (trouble: StorageUnavailableError): void => {
    const isNew = this.#last === undefined
    this.#last = { error: trouble, at: performance.now() }
    if (!isNew || this.#stop.signal.aborted) return
    this.#listener.lost(trouble)
    this.#watching = this.#untilBack(performance.now()).catch(() => undefined)
  }

  /** A connection that nobody used broke: an outage only where another one is not to be had. */
  readonly suspect = (): void => void this.#works().catch(() => undefined)

  /** Safe twice. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort()
    await this.#watching
  }

  async #untilBack(lostAt: number): Promise<void> {
    for (;;) {
      await wait(lookEvery * (0.75 + Math.random() / 2), this.#stop.signal)
      const askedAt = performance.now()
      const isAnswered = await this.#works().then(
        () => true,
        () => false,
      )
      if (isAnswered && this.#isCalm(askedAt)) break
    }
    this.#last = undefined
    this.#listener.back(Math.round(performance.now() - lostAt))
  }

  /** True where nothing failed since the question, or for a while where one answer says little. */
  #isCalm(askedAt: number): boolean {
    if (!this.#last) return true
    return this.#last.at < askedAt - (isShortage(this.#last.error) ? calm : 0)
  }
}
