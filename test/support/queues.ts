import { createLogger, type Logger } from '../../src/telemetry/logger'
import { jobIds } from '../../src/job/define-job'
import { Disposables } from '../../src/lib/disposables'
import { minutes } from '../../src/lib/durations'
import { connect, ready, type Redis, serversOf } from '../../src/queue/connection'
import { createQueues, type Queues } from '../../src/queue/queues'
import { SyncJobs } from '../../src/queue/sync-jobs'
import { testRedis } from './redis'
import type { Way } from './redis-ground'

/** The ten queues under a prefix of their own, with a connection of each role. */
export class TestQueues implements AsyncDisposable {
  readonly prefix: string
  readonly redis: Redis
  /** For consumers. */
  readonly blocking: Redis
  readonly queues: Queues
  readonly syncJobs: SyncJobs
  readonly #owned: Disposables

  private constructor(prefix: string, redis: Redis, blocking: Redis, owned: Disposables) {
    this.prefix = prefix
    this.redis = redis
    this.blocking = blocking
    this.#owned = owned
    this.queues = owned.use(createQueues(redis, prefix, jobIds))
    this.syncJobs = new SyncJobs(this.queues, redis, () => 3)
  }

  /** On the run's own Redis, unless told of another. */
  static async open(
    way: Way = testRedis(),
    logger: Logger = createLogger({ level: 'error', processName: 'test' }),
  ): Promise<TestQueues> {
    const owned = new Disposables()
    const redis = connect({ ...way, role: 'producer', name: 'test' }, logger)
    const blocking = connect({ ...way, role: 'worker', name: 'test' }, logger)
    owned.defer(() => redis.disconnect())
    owned.defer(() => blocking.disconnect())
    await ready(redis, AbortSignal.timeout(minutes(1)))
    return new TestQueues(way.prefix, redis, blocking, owned)
  }

  /** As if Redis had been wiped, for this prefix. */
  async wipe(): Promise<void> {
    for (const server of serversOf(this.redis)) {
      const keys = await server.keys(`${this.prefix}:*`)
      if (keys.length > 0) await server.del(...keys)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.wipe()
    await this.#owned[Symbol.asyncDispose]()
  }
}
