import type { Config } from '../../../config/config'
import { jobIds } from '../../job/define-job'
import type { Database } from '../../ledger/postgres/database'
import { Disposables } from '../../lib/disposables'
import { seconds } from '../../lib/durations'
import { leaseBreaker } from '../../queue/break-lease'
import { connect, ready } from '../../queue/connection'
import { createQueues } from '../../queue/queues'
import { SyncJobs } from '../../queue/sync-jobs'
import type { ActQueues, ActTools } from '../../runs/control/act-tools'
import { silentLogger } from '../../telemetry/logger'
import { CommandError } from './outcome'

/** What an act of the command line works with. Redis is reached when an act asks for it, within five seconds. */
export class CommandTools implements ActTools, AsyncDisposable {
  readonly database: Database
  readonly allowsSeconds: boolean
  readonly signal: AbortSignal
  readonly #config: Config
  readonly #owned = new Disposables()
  #opened: Promise<ActQueues> | undefined

  constructor({ database, config }: { database: Database; config: Config }, signal: AbortSignal) {
    this.database = database
    this.signal = signal
    this.#config = config
    this.allowsSeconds = config.environment === 'development' || config.environment === 'test'
  }

  readonly queues = async (): Promise<ActQueues> => (this.#opened ??= this.#open())

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned[Symbol.asyncDispose]()
  }

  async #open(): Promise<ActQueues> {
    const { redis: settings, jobs } = this.#config
    const redis = connect({ ...settings, role: 'producer', name: 'syncfleet-cli' }, silentLogger)
    this.#owned.defer(() => redis.disconnect())
    try {
      await ready(redis, AbortSignal.any([this.signal, AbortSignal.timeout(seconds(5))]))
    } catch (cause) {
      throw new CommandError('Redis cannot be reached, and this needs it; `syncfleet check` says why', {
        cause,
      })
    }
    const queues = this.#owned.use(createQueues(redis, settings.prefix, jobIds))
    return {
      queues,
      syncJobs: new SyncJobs(queues, redis, (jobId) => jobs[jobId]?.attempts ?? 1),
      breakLease: leaseBreaker(redis, settings.prefix),
    }
  }
}
