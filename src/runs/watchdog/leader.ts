import { StorageUnavailableError } from '../../job/errors'
import { type Candidate, giveUpLead, takeLead } from '../../ledger/leadership'
import type { Database } from '../../ledger/postgres/database'
import { seconds } from '../../lib/durations'
import { Loop } from '../../lib/loop'
import type { WatchEvents } from '../../telemetry/events'
import { StepTrouble } from './step-trouble'

/** How long the lead lasts without being renewed: the longest time that nobody leads after a crash, give or take a second. */
const lease = seconds(6)
const renewEvery = seconds(1)

export interface LeaderOptions {
  readonly database: Database
  readonly candidate: Candidate
  readonly events: WatchEvents
  /** Called each time the lead is taken. */
  readonly onLead: () => void
}

/** One scheduler's bid for the lead: takes it when it is free, renews it, gives it up when it stops. */
export class Leader implements AsyncDisposable {
  readonly #options: LeaderOptions
  readonly #bids: Loop
  /** By this process' own monotonic clock, counted from before the question was sent. */
  #leadsUntil = -Infinity
  #isTold = false
  readonly #trouble: StepTrouble

  constructor(options: LeaderOptions) {
    this.#options = options
    this.#trouble = new StepTrouble(options.events)
    this.#bids = new Loop({
      interval: renewEvery,
      step: () => this.#bid(),
      failed: (error) => {
        this.#trouble.failed('lead', error)
        this.#tell()
      },
    })
  }

  /** True while nobody else can lead. */
  get isLeading(): boolean {
    return performance.now() < this.#leadsUntil
  }

  start(): void {
    this.#bids.start()
  }

  /** Gives the lead up, so that the next scheduler has it within a second. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#bids[Symbol.asyncDispose]()
    if (!this.isLeading) return
    this.#leadsUntil = -Infinity
    try {
      await giveUpLead(this.#options.database, this.#options.candidate.holder)
    } catch (error) {
      // While Postgres is away nobody can take it either, and it lapses by itself.
      if (!(error instanceof StorageUnavailableError)) throw error
    }
  }

  async #bid(): Promise<void> {
    const { database, candidate } = this.#options
    const askedAt = performance.now()
    this.#leadsUntil = (await takeLead(database, candidate, lease)) ? askedAt + lease : -Infinity
    this.#trouble.works('lead')
    this.#tell()
  }

  #tell(): void {
    const { candidate, events, onLead } = this.#options
    if (this.isLeading === this.#isTold) return
    this.#isTold = this.isLeading
    if (!this.#isTold) return events.leadLost({ holder: candidate.holder })
    events.leadTaken({ holder: candidate.holder })
    onLead()
  }
}
