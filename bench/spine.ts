import { randomBytes } from 'node:crypto'
import { Queue, Worker } from 'bullmq'
import { z } from 'zod'
import { bigint } from '../src/job/columns'
import { declaredSettings, defineJob, type Job } from '../src/job/define-job'
import { upsertStream } from '../src/job/streams'
import { Database } from '../src/ledger/postgres/database'
import { migrate } from '../src/ledger/migrate'
import { Disposables } from '../src/lib/disposables'
import { minutes, seconds } from '../src/lib/durations'
import { connect, ready, type Redis } from '../src/queue/connection'
import { Leases } from '../src/queue/leases'
import { createQueues, type Queues } from '../src/queue/queues'
import { syncConsumer, type PerformSync } from '../src/queue/sync-consumer'
import { type QueuedSync, SyncJobs } from '../src/queue/sync-jobs'
import { carryOutRun } from '../src/runs/slots/carry-out-run'
import { CancelWatch } from '../src/runs/cancel/cancel-watch'
import { performSync } from '../src/runs/attempt/perform-sync'
import { RunEvents } from '../src/telemetry/events'
import { silentLogger } from '../src/telemetry/logger'
import { Metrics } from '../src/telemetry/metrics'
import { deferred } from '../test/support/deferred'
import { noVendors } from '../test/support/no-vendors'

const definition = defineJob({
  id: 'dealertrend',
  title: 'No-op',
  summary: 'Syncs that have nothing to do.',
  version: 1,
  schedule: { cron: '0 * * * *', timezone: 'UTC', missed: 'run-once' },
  startWithin: minutes(30),
  deadline: minutes(5),
  freshness: minutes(120),
  retry: { attempts: 3, delay: seconds(1), cap: seconds(10) },
  concurrency: 50,
  secrets: z.looseObject({}),
  settings: z.looseObject({}),
  streams: {
    nothing: upsertStream({
      table: 'dealertrend_nothing',
      key: ['id'],
      columns: { id: bigint() },
      overlap: 0,
    }),
  },
})
const noOp: Job = { ...definition, effective: declaredSettings(definition) }

/** The parts of a worker around a job whose syncs return at once, over real servers. */
export class Spine implements AsyncDisposable {
  readonly database: Database
  readonly redis: Redis
  readonly queues: Queues
  readonly syncJobs: SyncJobs
  readonly prefix: string
  readonly leases: Leases
  readonly #cancelWatch: CancelWatch
  readonly #redisUrl: string
  readonly #owned: Disposables

  private constructor(name: string, redisUrl: string, database: Database, redis: Redis, owned: Disposables) {
    this.prefix = name
    this.#redisUrl = redisUrl
    this.database = database
    this.redis = redis
    this.#owned = owned
    this.queues = owned.use(createQueues(redis, name, [noOp.id]))
    this.syncJobs = new SyncJobs(this.queues, redis, () => noOp.effective.attempts)
    this.leases = owned.use(new Leases(redis, name, () => undefined))
    this.#cancelWatch = owned.use(new CancelWatch(database, () => undefined))
  }

  /** With so many clients, each with one account on a credential that all share. */
  static async open(
    { redisUrl, databaseUrl }: { readonly redisUrl: string; readonly databaseUrl: string },
    accounts: number,
  ): Promise<Spine> {
    const owned = new Disposables()
    const name = `bench_${randomBytes(4).toString('hex')}`
    const database = owned.use(
      new Database({ url: databaseUrl, schema: name, applicationName: 'syncfleet bench', connections: 20 }),
    )
    owned.defer(() => database.query(`drop schema if exists ${name} cascade`))
    await migrate(database)
    await database.query(`insert into credentials (id, job, secrets) values ('key', $1, '{}')`, [noOp.id])
    await database.query(
      `insert into clients (id, name, timezone) select 'c' || i, 'Client ' || i, 'UTC' from generate_series(1, $1::int) i`,
      [accounts],
    )
    await database.query(
      `insert into accounts (client_id, job, external_id, credential_id, timezone)
       select 'c' || i, $2, i::text, 'key', 'UTC' from generate_series(1, $1::int) i`,
      [accounts, noOp.id],
    )
    await database.query('analyze')
    const redis = connect({ url: redisUrl, prefix: name, role: 'producer', name: 'bench' }, silentLogger)
    owned.defer(() => redis.disconnect())
    await ready(redis, AbortSignal.timeout(seconds(10)))
    return new Spine(name, redisUrl, database, redis, owned)
  }

  /** A run over all accounts: planned and queued as a tick does it, whose BullMQ job shows the syncs as its children. */
  async plan(): Promise<{ readonly runId: string; readonly syncs: readonly QueuedSync[] }> {
    const events = new RunEvents(silentLogger, new Metrics('bench'))
    let planned = ''
    events.slotRan = ({ runId }) => void (planned = runId)
    const { id: jobId, version } = noOp
    const tick = await this.queues.runs.add('tick', { kind: 'tick', jobId, version })
    const carryOut = carryOutRun(this.database, new Map([[jobId, noOp]]), events)
    const progress = await carryOut({ kind: 'tick', jobId, version, dueAt: new Date() })
    if (progress.kind !== 'open' || !progress.fresh) throw new Error('nothing was planned')
    await this.syncJobs.addNew(progress.syncs, { id: tick.id ?? '', queue: this.queues.runs.qualifiedName })
    return { runId: planned, syncs: progress.syncs }
  }

  /** The whole way of a sync, of one worker. `settled` hears of settled runs. */
  performer(settled: (runId: string) => void): PerformSync {
    const events = new RunEvents(silentLogger, new Metrics('bench'))
    events.runSettled = ({ runId }) => settled(runId)
    return performSync({
      database: this.database,
      leases: this.leases,
      attempter: { worker: 'bench', build: 'bench' },
      events,
      jobs: new Map([[noOp.id, { job: noOp, sync: async function* () {} }]]),
      doors: {
        http: {
          versions: { salesforce: '', googleAds: '', metaGraph: '' },
          baseUrls: noVendors,
          for: () => {
            throw new Error('a no-op speaks to no vendor')
          },
        },
        unseal: () => '{}',
        pseudonym: (text) => text,
      },
      random: Math.random,
      liveWork: { ofAccount: async () => false, ofJob: async () => false },
      cancelWatch: this.#cancelWatch,
    })
  }

  /** Has a worker of its own perform what is queued, until `over` resolves. */
  async consume(perform: PerformSync, concurrency: number, over: Promise<void>): Promise<void> {
    await using owned = new Disposables()
    const connection = this.#blocking(owned)
    const consumer = syncConsumer(
      {
        queue: noOp.id,
        connection,
        prefix: this.prefix,
        concurrency,
        onError: (error) => {
          throw error
        },
      },
      perform,
    )
    owned.defer(() => consumer.stop(seconds(5)))
    await consumer.start()
    await over
  }

  /** Jobs of the same size in a queue of BullMQ's own. */
  async addBare(count: number): Promise<Queue> {
    const queue = new Queue(`bare-${randomBytes(4).toString('hex')}`, {
      connection: this.redis,
      prefix: this.prefix,
      skipWaitingForReady: true,
    })
    for (let start = 0; start < count; start += 1000) {
      const size = Math.min(1000, count - start)
      await queue.addBulk(
        Array.from({ length: size }, (_, index) => ({
          name: 'sync',
          data: { syncId: String(start + index), version: 1 },
          opts: { jobId: `sync-${start + index}` },
        })),
      )
    }
    return queue
  }

  /** Has a bare BullMQ worker do nothing with each of `count` jobs. */
  async consumeBare(queue: Queue, concurrency: number, count: number): Promise<void> {
    await using owned = new Disposables()
    const { promise: over, resolve } = deferred()
    let left = count
    const worker = new Worker(queue.name, async () => null, {
      connection: this.#blocking(owned),
      prefix: this.prefix,
      concurrency,
    })
    owned.defer(() => worker.close())
    worker.on('completed', () => {
      left -= 1
      if (left === 0) resolve()
    })
    await over
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned[Symbol.asyncDispose]()
  }

  #blocking(owned: Disposables): Redis {
    const connection = connect(
      { url: this.#redisUrl, prefix: this.prefix, role: 'worker', name: 'bench' },
      silentLogger,
    )
    owned.defer(() => connection.disconnect())
    return connection
  }
}
