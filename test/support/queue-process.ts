import { randomUUID } from 'node:crypto'
import { Disposables } from '../../src/lib/disposables'
import { minutes } from '../../src/lib/durations'
import type { SyncData } from '../../src/queue/bull-jobs'
import { connect, ready, type Redis } from '../../src/queue/connection'
import { Consumer } from '../../src/queue/consumer'
import { createQueues, type Queues } from '../../src/queue/queues'
import { type QueuedSync, SyncJobs } from '../../src/queue/sync-jobs'
import type { Logger } from '../../src/telemetry/logger'
import type { Way } from './redis-ground'

/** Both connections of a process of the fleet, its queues, and what it logged. */
export class QueueProcess implements AsyncDisposable {
  readonly prefix: string
  readonly producer: Redis
  readonly worker: Redis
  readonly queues: Queues
  readonly syncJobs: SyncJobs
  /** What its connections logged, as `role: message`. */
  readonly lines: readonly string[]
  /** What its consumers complained of. */
  readonly errors: Error[] = []
  readonly #owned: Disposables

  private constructor(
    prefix: string,
    { producer, worker }: { producer: Redis; worker: Redis },
    lines: readonly string[],
    owned: Disposables,
  ) {
    this.prefix = prefix
    this.producer = producer
    this.worker = worker
    this.lines = lines
    this.#owned = owned
    this.queues = owned.use(createQueues(producer, prefix, ['ctm', 'cdk', 'salesforce']))
    this.syncJobs = new SyncJobs(this.queues, producer, () => 3)
  }

  /** Resolves once both connections stand. */
  static async open(way: Way): Promise<QueueProcess> {
    const owned = new Disposables()
    const lines: string[] = []
    const open = async (role: 'producer' | 'worker'): Promise<Redis> => {
      const write = (message: string) => void lines.push(`${role}: ${message}`)
      const logger: Logger = { error: write, warn: write, info: write, debug: write }
      const connection = connect({ ...way, role, name: `test ${role}` }, logger)
      owned.defer(() => connection.disconnect())
      await ready(connection, AbortSignal.timeout(minutes(1)))
      return connection
    }
    const connections = { producer: await open('producer'), worker: await open('worker') }
    return new QueueProcess(way.prefix, connections, lines, owned)
  }

  /** Consumes a job's queue of syncs and tells which it performs. */
  async consume(job: string, perform: (syncId: string) => void): Promise<void> {
    const consumer = this.#owned.use(
      new Consumer<SyncData>({
        queue: job,
        connection: this.worker,
        prefix: this.prefix,
        concurrency: 2,
        handle: async ({ data }) => {
          perform(data.syncId)
          return { kind: 'done', result: data.syncId }
        },
        onError: (error) => this.errors.push(error),
      }),
    )
    await consumer.start()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned[Symbol.asyncDispose]()
  }
}

/** So many syncs of a job that wait for a place in its queue. */
export const newSyncs = (job: string, count: number): QueuedSync[] =>
  Array.from({ length: count }, () => ({ syncId: randomUUID(), job, version: 1 }))
