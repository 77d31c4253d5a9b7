import type { Job } from '../../job/define-job'
import type { Override } from '../../ledger/control/overrides'
import type { Database } from '../../ledger/postgres/database'
import type { WatchEvents } from '../../telemetry/events'
import { type LiveJob, liveJobs } from '../control/live-jobs'

/** What the leader's rounds go by: the jobs under what people have set by now. It tells what has changed since the last look. */
export class LiveJobsWatch {
  readonly #database: Database
  readonly #jobs: readonly Job[]
  readonly #events: WatchEvents
  #known = new Map<string, Override>()

  constructor(database: Database, jobs: readonly Job[], events: WatchEvents) {
    this.#database = database
    this.#jobs = jobs
    this.#events = events
  }

  async look(): Promise<readonly LiveJob[]> {
    const jobs = await liveJobs(this.#database, this.#jobs)
    const found = new Map(jobs.flatMap(({ overrides }) => overrides).map((each) => [each.id, each]))
    for (const [id, { job, setting, madeBy }] of found)
      if (!this.#known.has(id)) this.#events.overrideInForce({ jobId: job, setting, madeBy })
    for (const [id, { job, setting }] of this.#known)
      if (!found.has(id)) this.#events.overrideOver({ jobId: job, setting })
    this.#known = found
    return jobs
  }
}
