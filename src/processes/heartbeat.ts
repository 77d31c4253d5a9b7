import { StorageUnavailableError } from '../job/errors'
import { forgetProcess, type ProcessKind, reportProcess } from '../ledger/fleet-processes'
import type { Database } from '../ledger/postgres/database'
import { currentBuild } from '../lib/build'
import { seconds } from '../lib/durations'
import { Loop } from '../lib/loop'
import { errorFacts, type Logger } from '../telemetry/logger'

const beatEvery = seconds(5)

export interface HeartbeatOptions {
  readonly database: Database
  readonly kind: ProcessKind
  /** What the process is called everywhere else. */
  readonly identity: string
  /** How many jobs it has in hand, by queue. Default: it takes none. */
  readonly active?: () => Readonly<Record<string, number>>
  readonly failed: (error: unknown) => void
}

/** Says in the log that a beat failed for other reasons than an outage. */
export const notHeard =
  (logger: Logger) =>
  (error: unknown): void =>
    logger.warn('sign of life not given', errorFacts(error))

/** Tells the ledger every few seconds that this process lives, with what, and what it has in hand. */
export class Heartbeat implements AsyncDisposable {
  readonly #options: HeartbeatOptions
  readonly #build = currentBuild().name
  readonly #beats: Loop
  #isStarted = false

  constructor(options: HeartbeatOptions) {
    this.#options = options
    this.#beats = new Loop({
      interval: beatEvery,
      step: () => this.#beat(),
      // An outage of Postgres is told by its connection.
      failed: (error) => {
        if (!(error instanceof StorageUnavailableError)) options.failed(error)
      },
    })
  }

  start(): void {
    this.#isStarted = true
    this.#beats.start()
  }

  /** A process that stops in order leaves the list at once. Safe twice, and before start. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#beats[Symbol.asyncDispose]()
    if (!this.#isStarted) return
    this.#isStarted = false
    try {
      await forgetProcess(this.#options.database, this.#options.identity)
    } catch (error) {
      // It stays in the list, and is shown as gone in a minute.
      if (!(error instanceof StorageUnavailableError)) throw error
    }
  }

  async #beat(): Promise<void> {
    const { database, kind, identity, active } = this.#options
    const sign = {
      id: identity,
      kind,
      build: this.#build,
      uptime: Math.round(process.uptime() * 1000),
      rss: process.memoryUsage.rss(),
      active: Object.fromEntries(Object.entries(active?.() ?? {}).filter(([, count]) => count > 0)),
    }
    await reportProcess(database, sign, beatEvery)
  }
}
