import { createHash } from 'node:crypto'
import type { Job, JobSettings } from '../../src/job/define-job'
import type { HttpDoor } from '../../src/job/http'
import type { Sync } from '../../src/job/sync'
import type { Database } from '../../src/ledger/postgres/database'
import { migrate } from '../../src/ledger/migrate'
import { planSyncs } from '../../src/ledger/work/plan-syncs'
import { insertRun, type NewRun } from '../../src/ledger/work/runs'
import { openSyncsOf } from '../../src/ledger/work/open-syncs'
import { findSync, type SyncRow } from '../../src/ledger/work/syncs'
import { Disposables } from '../../src/lib/disposables'
import type { Sql } from '../../src/lib/sql'
import { leaseBreaker } from '../../src/queue/break-lease'
import type { Queues } from '../../src/queue/queues'
import { Leases } from '../../src/queue/leases'
import type { SyncTools } from '../../src/queue/sync-consumer'
import type { Verdict } from '../../src/queue/verdict'
import type { ActTools } from '../../src/runs/control/act-tools'
import { CancelWatch } from '../../src/runs/cancel/cancel-watch'
import type { GateRules } from '../../src/runs/gates/gates'
import { performSync } from '../../src/runs/attempt/perform-sync'
import { ensureTables, shadowOf } from '../../src/sink/tables'
import { RunEvents } from '../../src/telemetry/events'
import { createLogger, type Logger } from '../../src/telemetry/logger'
import { Metrics } from '../../src/telemetry/metrics'
import { type TestDatabase, testDatabase } from './database'
import { someAccounts } from './ledger'
import { type madeUp, madeUpJob } from './made-up-job'
import { noVendors } from './no-vendors'
import { TestQueues } from './queues'

/** Everything that one attempt needs, on real stores, with a made-up job. */
export class Engine implements AsyncDisposable {
  readonly database: TestDatabase
  readonly accounts: readonly string[]
  readonly #world: TestQueues
  readonly #leases: Leases
  readonly #cancelWatch: CancelWatch
  readonly #owned: Disposables

  private constructor(
    database: TestDatabase,
    accounts: readonly string[],
    world: TestQueues,
    owned: Disposables,
  ) {
    this.database = database
    this.accounts = accounts
    this.#world = world
    this.#owned = owned
    this.#leases = this.newLeases()
    this.#cancelWatch = owned.use(new CancelWatch(database, () => undefined))
  }

  static async open(accountCount = 1): Promise<Engine> {
    const owned = new Disposables()
    const database = owned.use(await testDatabase({ kind: 'made_up', prepare: prepared }))
    const world = owned.use(await TestQueues.open())
    const accounts = await someAccounts(database, 'dealertrend', accountCount, '{"token":"t"}')
    return new Engine(database, accounts, world, owned)
  }

  /** Where its runs are queued. */
  get queues(): Queues {
    return this.#world.queues
  }

  /** What the acts of people work with, over the same stores. */
  get tools(): ActTools {
    const { queues, syncJobs, redis, prefix } = this.#world
    const opened = { queues, syncJobs, breakLease: leaseBreaker(redis, prefix) }
    return { database: this.database, queues: async () => opened, signal: new AbortController().signal }
  }

  /** The leases of one more worker. */
  newLeases(): Leases {
    return this.#owned.use(new Leases(this.#world.redis, this.#world.prefix, () => undefined))
  }

  /** A run by hand with one sync per account; returns the sync ids. */
  async plan(mode: 'live' | 'shadow' = 'live'): Promise<{ runId: string; syncIds: string[] }> {
    return this.#plan({ kind: 'manual', mode, requestedBy: 'tester' })
  }

  /** The same for a due instant. */
  async planSlot(): Promise<{ runId: string; syncIds: string[] }> {
    return this.#plan({ kind: 'slot', mode: 'live', dueAt: new Date() })
  }

  async #plan(facts: Pick<NewRun, 'kind' | 'mode' | 'requestedBy' | 'dueAt'>) {
    const run = await insertRun(this.database, { job: 'dealertrend', definitionVersion: 1, ...facts })
    if (!run) throw new Error('no run')
    await planSyncs(this.database, run)
    const open = await openSyncsOf(this.database, run.id)
    return { runId: run.id, syncIds: open.map(({ syncId }) => syncId) }
  }

  /** One attempt at a sync, as a worker with this sync function would make it. */
  async attempt(
    syncId: string,
    sync: Sync<typeof madeUp>,
    options: {
      readonly signal?: AbortSignal
      readonly settings?: Partial<JobSettings>
      readonly version?: number
      /** How often the BullMQ job has stalled. */
      readonly stalls?: number
      readonly leases?: Leases
      readonly database?: Database
      readonly lines?: string[]
      readonly gates?: GateRules
      readonly events?: RunEvents
      /** Where the sync asks its vendor. Default: it has none. */
      readonly http?: HttpDoor
    } = {},
  ): Promise<Verdict> {
    const job: Job = madeUpJob(options.settings)
    const tools: SyncTools = {
      signal: options.signal ?? new AbortController().signal,
      stalls: options.stalls ?? 0,
      progress: async () => undefined,
      log: async (line) => void options.lines?.push(line),
    }
    const perform = performSync({
      database: options.database ?? this.database,
      leases: options.leases ?? this.#leases,
      attempter: { worker: 'test', build: 'test' },
      events: options.events ?? eventsOf(createLogger({ level: 'error', processName: 'test' })),
      ...(options.gates ? { gates: options.gates } : {}),
      jobs: new Map([[job.id, { job, sync }]]),
      random: () => 1,
      cancelWatch: this.#cancelWatch,
      liveWork: { ofAccount: async () => false, ofJob: async () => false },
      doors: {
        http: options.http ?? {
          versions: { salesforce: 'v67.0', googleAds: 'v25', metaGraph: 'v26.0' },
          baseUrls: noVendors,
          for: () => unused(),
        },
        unseal: (sealed) => sealed,
        pseudonym: (value) => createHash('sha256').update(value).digest('hex'),
      },
    })
    return perform({ syncId, version: options.version ?? 1 }, tools)
  }

  async sync(syncId: string): Promise<SyncRow & Record<string, unknown>> {
    const found = await findSync(this.database, syncId)
    if (!found) throw new Error(`no sync ${syncId}`)
    const { rows } = await this.database.query<Record<string, unknown>>('select * from syncs where id = $1', [
      syncId,
    ])
    return { ...rows[0], ...found }
  }

  async rows(query: string): Promise<Record<string, unknown>[]> {
    return rowsOf(this.database, query)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned[Symbol.asyncDispose]()
  }
}

/** What a worker tells, with metrics that nobody reads. */
export const eventsOf = (logger: Logger): RunEvents => new RunEvents(logger, new Metrics('test'))

async function prepared(database: Database): Promise<void> {
  const streams = Object.values(madeUpJob().streams)
  await migrate(database, async (sql) => ensureTables(sql, database.schema, streams))
  await ensureTables(database, shadowOf(database.schema), streams)
}

const rowsOf = async (sql: Sql, query: string) => (await sql.query<Record<string, unknown>>(query)).rows

function unused(): never {
  throw new Error('the made-up job speaks to no vendor')
}
