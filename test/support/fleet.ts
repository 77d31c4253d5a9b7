import { randomBytes } from 'node:crypto'
import { configuredJobs } from '../../config/configured-jobs'
import { loadConfig } from '../../config/load'
import { jobs } from '../../jobs'
import { type Sandbox, startSandbox, truthHash, type TruthRow } from '../../sandbox'
import { Database } from '../../src/ledger/postgres/database'
import { importAccounts } from '../../src/ledger/accounts/imports/accounts'
import { importClients } from '../../src/ledger/accounts/imports/clients'
import { importCredentials } from '../../src/ledger/accounts/imports/credentials'
import { migrate } from '../../src/ledger/migrate'
import { SecretBox } from '../../src/ledger/accounts/secret-box'
import { Disposables } from '../../src/lib/disposables'
import { minutes } from '../../src/lib/durations'
import { createDestinations } from '../../src/processes/destinations'
import { connect, ready } from '../../src/queue/connection'
import { createQueues } from '../../src/queue/queues'
import { addRunJob } from '../../src/queue/run-jobs'
import { planRequestedRun } from '../../src/runs/slots/plan-run'
import { silentLogger } from '../../src/telemetry/logger'
import { reservedPort } from './ports'
import { testRedis, testUrl } from './redis'
import { Spawned } from './spawned'

/** One CTM account of a test fleet: client `client-<id>`, a key of its own. */
export interface FleetAccount {
  readonly id: number
  readonly timezone: string
  readonly history: number
  /** Milliseconds from one new call to the next; 0 for none. */
  readonly every: number
}

export type FleetCommand = 'scheduler' | 'worker' | 'dashboard'

const by = { actor: 'test', via: 'cli' } as const

/** A fleet of real processes on the run's Redis and Postgres, or those that its settings name, in a schema and under a prefix of its own, against a sandbox. */
export class Fleet implements AsyncDisposable {
  readonly database: Database
  readonly sandbox: Sandbox
  readonly env: Readonly<Record<string, string>>
  readonly #owned: Disposables

  private constructor(
    database: Database,
    sandbox: Sandbox,
    env: Readonly<Record<string, string>>,
    owned: Disposables,
  ) {
    this.database = database
    this.sandbox = sandbox
    this.env = env
    this.#owned = owned
  }

  /** Migrated and with its accounts imported; no process runs yet. `env` adds to and overrides the settings. */
  static async open(
    accounts: readonly FleetAccount[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<Fleet> {
    const owned = new Disposables()
    const schema = `fleet_${randomBytes(6).toString('hex')}`
    const databaseUrl = env['DATABASE_URL'] ?? testUrl('TEST_DATABASE_URL')
    const database = owned.use(new Database({ url: databaseUrl, schema, applicationName: `test ${schema}` }))
    owned.defer(() => database.query(`drop schema if exists ${schema} cascade`))
    owned.defer(() => database.query(`drop schema if exists ${schema}_shadow cascade`))
    await migrate(database, createDestinations)
    const widened = Number(env['VENDOR_BUCKET_SCALE'] ?? 1)
    const sandbox = owned.use(
      await startSandbox({
        port: 0,
        ctm: {
          accounts: accounts.map((account) => ({ name: `Dealer ${account.id}`, ...account })),
          keys: accounts.map(({ id }) => ({ ...keyOf(id), accounts: [id] })),
          limits: { perSecond: 5 * widened, inFlight: 2 * widened },
        },
      }),
    )
    const { url: redisUrl, prefix } = testRedis(env['REDIS_URL'])
    const settings = {
      NODE_ENV: 'test',
      LOG_LEVEL: 'info',
      REDIS_URL: redisUrl,
      QUEUE_PREFIX: prefix,
      DATABASE_URL: databaseUrl,
      DATABASE_SCHEMA: schema,
      CTM_API_URL: sandbox.baseUrl('ctm'),
      SHUTDOWN_GRACE_SECONDS: '5',
      ...env,
    }
    const fleet = new Fleet(database, sandbox, settings, owned)
    await fleet.#import(accounts)
    return fleet
  }

  /** Starts a process and waits until it says that it has started. */
  async start(
    command: FleetCommand,
    env: Readonly<Record<string, string>> = {},
    build: { readonly entry?: string } = {},
  ): Promise<Spawned> {
    const { spawned } = await this.spawn(command, env, build)
    await spawned.logged(`${command} started`)
    return spawned
  }

  /** Starts a process and waits for nothing; its own port tells how it stands. */
  async spawn(
    command: FleetCommand,
    env: Readonly<Record<string, string>> = {},
    { entry }: { readonly entry?: string } = {},
  ): Promise<{ spawned: Spawned; port: number }> {
    const port = await reservedPort()
    const ports = { HEALTH_PORT: String(port), PORT: String(port) }
    const spawned = this.#owned.use(new Spawned(command, { ...this.env, ...ports, ...env }, entry))
    return { spawned, port }
  }

  /** A run of CTM now, in the ledger and in the queue. */
  async run(): Promise<void> {
    const config = loadConfig(this.env)
    const ctm = configuredJobs(config).find(({ id }) => id === 'ctm')
    if (!ctm) throw new Error('no job ctm')
    const run = await planRequestedRun(this.database, ctm, { requestedBy: by.actor })
    await using owned = new Disposables()
    const redis = connect({ ...config.redis, role: 'producer', name: 'test' }, silentLogger)
    owned.defer(() => redis.disconnect())
    await ready(redis, AbortSignal.timeout(minutes(1)))
    await addRunJob(owned.use(createQueues(redis, config.redis.prefix, [])), {
      id: run.id,
      version: ctm.version,
    })
  }

  /** Rows of the copy that differ from what the sandbox would have a faithful copy hold; empty where they are equal. */
  async differences(accountId: number): Promise<string[]> {
    const { rows } = await this.database.query<TruthRow & { call_id: string }>(
      `select c.* from ctm_calls c join accounts a on a.id = c.account_id where a.external_id = $1`,
      [String(accountId)],
    )
    const copy = new Map(rows.map((row) => [row.call_id, truthHash(row)]))
    const differences: string[] = []
    for (const { call_id, hash } of this.sandbox.vendors.ctm.truth(accountId)) {
      const id = String(call_id)
      if (!copy.has(id)) differences.push(`missing ${id}`)
      else if (copy.get(id) !== hash) differences.push(`differs ${id}`)
      copy.delete(id)
    }
    return [...differences, ...[...copy.keys()].map((id) => `surplus ${id}`)]
  }

  /** Processes first, then the sandbox, then the schema. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned[Symbol.asyncDispose]()
  }

  async #import(accounts: readonly FleetAccount[]): Promise<void> {
    const file = (rows: readonly object[]) => ({ text: JSON.stringify(rows), format: 'json' as const })
    const box = new SecretBox(loadConfig(this.env).encryptionKeys)
    const clients = accounts.map(({ id, timezone }) => ({
      id: `client-${id}`,
      name: `Dealer ${id}`,
      timezone,
    }))
    const credentials = accounts.map(({ id }) => ({ id: `key-${id}`, job: 'ctm', secrets: keyOf(id) }))
    const rows = accounts.map(({ id, timezone }) => ({
      client: `client-${id}`,
      job: 'ctm',
      external_id: String(id),
      credential: `key-${id}`,
      timezone,
    }))
    await importClients(this.database, file(clients), by)
    await importCredentials(this.database, file(credentials), by, { box, jobs })
    await importAccounts(this.database, file(rows), by, jobs)
  }
}

const keyOf = (id: number) => ({
  access_key: `access-${id}`,
  secret_key: `secret-${id}`,
  key_scope: 'account' as const,
})
