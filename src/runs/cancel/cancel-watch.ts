import { AttemptInterruptedError, StorageUnavailableError } from '../../job/errors'
import type { Database } from '../../ledger/postgres/database'
import { syncsToLeave } from '../../ledger/work/cancellations'
import { Loop } from '../../lib/loop'

/** From the end of one look to the start of the next. With what a look takes, well below the two seconds in which syncs are cancelled. */
const lookEvery = 400

/** An attempt that is watched until it is disposed of. */
export interface Watched extends Disposable {
  /** Aborts with an AttemptInterruptedError once somebody wants the sync to end, or has ended it. */
  readonly signal: AbortSignal
}

/** Tells a worker's attempts that their syncs are to end, wherever that was asked for. One question serves all of them. */
export class CancelWatch implements AsyncDisposable {
  readonly #database: Database
  readonly #watched = new Map<AbortController, string>()
  readonly #looks: Loop

  /** `onError` hears of all troubles but an outage of Postgres, of which everybody hears. */
  constructor(database: Database, onError: (error: unknown) => void) {
    this.#database = database
    this.#looks = new Loop({
      interval: lookEvery,
      step: () => this.#look(),
      failed: (error) => {
        if (!(error instanceof StorageUnavailableError)) onError(error)
      },
    })
    this.#looks.start()
  }

  /** Watches an attempt at a sync. */
  watch(syncId: string): Watched {
    const controller = new AbortController()
    this.#watched.set(controller, syncId)
    return {
      signal: controller.signal,
      [Symbol.dispose]: () => void this.#watched.delete(controller),
    }
  }

  /** Stops looking. Attempts that still run go on unwatched. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#looks[Symbol.asyncDispose]()
  }

  async #look(): Promise<void> {
    if (this.#watched.size === 0) return
    const asked = [...this.#watched]
    const left = new Set(await syncsToLeave(this.#database, [...new Set(this.#watched.values())]))
    for (const [controller, syncId] of asked)
      if (left.has(syncId)) controller.abort(new AttemptInterruptedError('cancelled'))
  }
}
