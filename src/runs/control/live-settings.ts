import type { Job } from '../../job/define-job'
import { StorageUnavailableError } from '../../job/errors'
import type { Database } from '../../ledger/postgres/database'
import { seconds } from '../../lib/durations'
import { Loop } from '../../lib/loop'
import { liveJob, type LiveJob, liveJobs } from './live-jobs'

/** From the end of one look to the start of the next. */
const lookEvery = seconds(2)

export interface LiveSettingsOptions {
  readonly database: Database
  /** As the configuration declares them. */
  readonly jobs: readonly Job[]
  /** Hears of all troubles but an outage of Postgres, of which everybody hears. */
  readonly onError: (error: unknown) => void
}

/** Hears of a job whose concurrency or rate has changed. */
export type LimitsListener = (job: LiveJob) => void

/** Tells a worker what people have set by now instead of its configuration. While Postgres is away, what was known last counts. */
export class LiveSettings implements AsyncDisposable {
  readonly #options: LiveSettingsOptions
  readonly #jobs: Map<string, LiveJob>
  readonly #looks: Loop
  #changed: LimitsListener = () => undefined

  private constructor(options: LiveSettingsOptions) {
    this.#options = options
    this.#jobs = new Map(options.jobs.map((job) => [job.id, liveJob(job, [])]))
    this.#looks = new Loop({
      interval: lookEvery,
      step: () => this.#look(),
      failed: (error) => this.#failed(error),
    })
  }

  /** Resolves after the first look, or once that has failed. Looks no further before `follow`. */
  static async open(options: LiveSettingsOptions): Promise<LiveSettings> {
    const settings = new LiveSettings(options)
    await settings.#look().catch((error: unknown) => settings.#failed(error))
    return settings
  }

  /** The jobs by id, always as they are now. */
  get jobs(): ReadonlyMap<string, LiveJob> {
    return this.#jobs
  }

  /** A job as it is now; it must be one of those that were given. */
  of(jobId: string): LiveJob {
    const job = this.#jobs.get(jobId)
    if (!job) throw new Error(`no job ${jobId}`)
    return job
  }

  /** Goes on looking, and tells `changed` of what has changed since the look before. */
  follow(changed: LimitsListener): void {
    this.#changed = changed
    this.#looks.start()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#looks[Symbol.asyncDispose]()
  }

  async #look(): Promise<void> {
    const { database, jobs } = this.#options
    for (const job of await liveJobs(database, jobs)) {
      const before = this.#jobs.get(job.id)
      this.#jobs.set(job.id, job)
      if (before && !isLimitedAlike(before, job)) this.#changed(job)
    }
  }

  #failed(error: unknown): void {
    if (!(error instanceof StorageUnavailableError)) this.#options.onError(error)
  }
}

const isLimitedAlike = (one: LiveJob, other: LiveJob): boolean =>
  one.ratePercent === other.ratePercent && one.effective.concurrency === other.effective.concurrency
