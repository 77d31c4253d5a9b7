import type { Job } from '../../job/define-job'
import { recordDeploy } from '../../ledger/deploys'
import { forgetLostProcesses } from '../../ledger/fleet-processes'
import type { Database } from '../../ledger/postgres/database'
import { seconds } from '../../lib/durations'
import { Loop } from '../../lib/loop'
import type { Queues } from '../../queue/queues'
import type { SyncJobs } from '../../queue/sync-jobs'
import type { WatchEvents } from '../../telemetry/events'
import type { LiveJob } from '../control/live-jobs'
import { LiveJobsWatch } from './live-jobs-watch'
import { StepTrouble } from './step-trouble'
import { watchBackfills } from './watch-backfills'
import { watchCancellations } from './watch-cancellations'
import { watchFollowUps } from './watch-follow-ups'
import { watchJobSchedulers } from './watch-job-schedulers'
import { watchOverrides } from './watch-overrides'
import { watchPauses } from './watch-pauses'
import { watchLongRuns, watchRunDeadlines, watchRuns } from './watch-runs'
import { watchSlots } from './watch-slots'
import { watchSuspects } from './watch-suspects'
import { watchSyncs } from './watch-syncs'

/** From the end of one round to the start of the next. */
const roundEvery = seconds(2)

export interface WatchdogOptions {
  readonly database: Database
  readonly queues: Queues
  readonly syncJobs: SyncJobs
  /** As the configuration declares them. */
  readonly jobs: readonly Job[]
  readonly events: WatchEvents
  /** Only the leader acts. Asked before every step. */
  readonly isLeading: () => boolean
  /** For the audit log: what is deployed, and by whom. */
  readonly build: string
  readonly deployedBy: string
}

/**
 * Keeps comparing what the configuration declares, what the ledger says and what Redis holds, and mends what differs.
 * Every step may be repeated or done by two schedulers at once: the ledger lets each thing happen once.
 */
export class Watchdog implements AsyncDisposable {
  readonly #options: WatchdogOptions
  readonly #rounds: Loop
  readonly #trouble: StepTrouble
  readonly #liveJobs: LiveJobsWatch

  constructor(options: WatchdogOptions) {
    this.#options = options
    this.#trouble = new StepTrouble(options.events)
    this.#liveJobs = new LiveJobsWatch(options.database, options.jobs, options.events)
    this.#rounds = new Loop({
      interval: roundEvery,
      step: (signal) => this.#round(signal),
      failed: (error) => options.events.stepFailed('round', error),
    })
  }

  start(): void {
    this.#rounds.start()
  }

  /** Starts a round at once, as after the lead was taken. */
  wake(): void {
    this.#rounds.wake()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#rounds[Symbol.asyncDispose]()
  }

  async #round(signal: AbortSignal): Promise<void> {
    const { database, queues, syncJobs, events } = this.#options
    await this.#step('deploy', signal, () => this.#recordDeploy())
    await this.#step('overrides', signal, () => watchOverrides(database, this.#options.jobs))
    const jobs = await this.#live(signal)
    if (!jobs) return
    await this.#step('pauses', signal, () => watchPauses({ database, queues, events }))
    await this.#step('job schedulers', signal, () => watchJobSchedulers({ database, queues, events }, jobs))
    for (const job of jobs) {
      await this.#step(`slots of ${job.id}`, signal, () => watchSlots({ database, queues, events }, job))
    }
    await this.#step('syncs', signal, () => watchSyncs({ database, syncJobs, events }))
    await this.#step('cancellations', signal, () => watchCancellations({ database, syncJobs, events }))
    await this.#step('runs', signal, () => watchRuns(database, events))
    await this.#step('run deadlines', signal, () => watchRunDeadlines(database, jobs, events))
    await this.#step('long runs', signal, () => watchLongRuns(database, events))
    await this.#step('suspects', signal, () => watchSuspects(database, events))
    await this.#step('follow-ups', signal, () => watchFollowUps({ database, queues, jobs, events }))
    await this.#step('backfills', signal, () => watchBackfills({ database, queues, jobs, events }))
    await this.#step('lost processes', signal, () => forgetLostProcesses(database))
  }

  /** The jobs that this round goes by; undefined where it cannot go on. */
  async #live(signal: AbortSignal): Promise<readonly LiveJob[] | undefined> {
    let jobs: readonly LiveJob[] | undefined
    await this.#step('live jobs', signal, async () => {
      jobs = await this.#liveJobs.look()
    })
    return jobs
  }

  /** What is declared only: what people set instead is no deploy. */
  async #recordDeploy(): Promise<void> {
    const { database, jobs, build, deployedBy, events } = this.#options
    const declared = Object.fromEntries(
      jobs.map(({ id, version, effective }) => [id, { version, ...effective }]),
    )
    if (await recordDeploy(database, { build, jobs: declared }, deployedBy))
      events.deployRecorded({ build, deployedBy })
  }

  /** A step that fails does not keep the others from being taken. An outage is told once, and once when it is over. */
  async #step(name: string, signal: AbortSignal, step: () => Promise<void>): Promise<void> {
    if (signal.aborted || !this.#options.isLeading()) return
    try {
      await step()
      this.#trouble.works(name)
    } catch (error) {
      this.#trouble.failed(name, error)
    }
  }
}
