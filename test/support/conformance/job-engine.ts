import { randomBytes } from 'node:crypto'
import { declaredSettings, type Job, type JobDefinition } from '../../../src/job/define-job'
import type { AnySync } from '../../../src/job/sync'
import type { Database } from '../../../src/ledger/postgres/database'
import { planSyncs } from '../../../src/ledger/work/plan-syncs'
import { insertRun } from '../../../src/ledger/work/runs'
import { SecretBox } from '../../../src/ledger/accounts/secret-box'
import { openSyncsOf } from '../../../src/ledger/work/open-syncs'
import { Disposables } from '../../../src/lib/disposables'
import { only } from '../../../src/lib/sql'
import { ensureTables } from '../../../src/sink/tables'
import { TestQueues } from '../queues'
import type { ConformanceAccount, ConformanceWorld } from './case'
import { JobWorker, type WorkerOptions } from './job-worker'
import { LogCollector } from './log-collector'
import { WorldClock } from './world-clock'

/** An account as the ledger knows it. */
export interface HeldAccount extends ConformanceAccount {
  readonly id: string
}

/** A sync as the ledger has it. */
export interface SyncNow {
  readonly id: string
  readonly state: string
  readonly reason: string | null
  readonly wait_until: Date | null
  readonly failures: number
  readonly waits: number
  readonly crashes: number
  readonly interruptions: number
  readonly pages: number
  readonly error_code: string | null
  readonly error_message: string | null
}

/**
 * One job on real stores: a schema of its own with ledger and destination tables, a Redis prefix of its own, accounts and
 * credentials as an import leaves them, and as many workers as a test wants. Its clock is the world's.
 */
export class JobEngine implements AsyncDisposable {
  readonly job: Job
  readonly clock: WorldClock
  readonly queues: TestQueues
  readonly log = new LogCollector()
  /** What seals its credentials. */
  readonly sealingKey = randomBytes(32)
  readonly box = new SecretBox([{ id: 'test', key: this.sealingKey }])
  accounts: readonly HeldAccount[] = []
  readonly sync: AnySync
  readonly #workers = new Disposables()
  readonly #owned: Disposables

  private constructor(job: Job, sync: AnySync, clock: WorldClock, queues: TestQueues, owned: Disposables) {
    this.job = job
    this.sync = sync
    this.clock = clock
    this.queues = queues
    this.#owned = owned
  }

  static async open(definition: JobDefinition, sync: AnySync, start: Date): Promise<JobEngine> {
    const owned = new Disposables()
    try {
      const clock = owned.use(await WorldClock.open(start))
      const queues = owned.use(await TestQueues.open())
      const job: Job = { ...definition, effective: { ...declaredSettings(definition), mode: 'live' } }
      await ensureTables(clock.database, clock.database.schema, Object.values(job.streams))
      return new JobEngine(job, sync, clock, queues, owned)
    } catch (error) {
      await owned[Symbol.asyncDispose]()
      throw error
    }
  }

  get database(): Database {
    return this.clock.database
  }

  /** Puts the world's credentials and accounts into the ledger, one client per account. */
  async admit({ credentials, accounts }: Pick<ConformanceWorld, 'credentials' | 'accounts'>): Promise<void> {
    for (const { id, secrets } of credentials) {
      await this.database.query('insert into credentials (id, job, secrets) values ($1, $2, $3)', [
        id,
        this.job.id,
        this.box.seal(JSON.stringify(secrets), id),
      ])
    }
    const held: HeldAccount[] = []
    for (const [index, account] of accounts.entries()) {
      const client = `client-${index + 1}`
      await this.database.query('insert into clients (id, name, timezone) values ($1, $1, $2)', [
        client,
        account.timezone,
      ])
      const { id } = only(
        await this.database.query<{ id: string }>(
          `insert into accounts (client_id, job, external_id, credential_id, timezone, settings)
           values ($1, $2, $3, $4, $5, $6) returning id`,
          [
            client,
            this.job.id,
            account.externalId,
            account.credential,
            account.timezone,
            JSON.stringify(account.settings ?? {}),
          ],
        ),
      )
      held.push({ ...account, id })
    }
    this.accounts = held
  }

  /** One more worker process of the fleet, with leases and a door of its own. */
  worker(options: WorkerOptions): JobWorker {
    return this.#workers.use(new JobWorker(this, options))
  }

  /** A run by hand for one account. Returns its sync; undefined where the account was skipped. */
  async plan(account: Pick<HeldAccount, 'id'>): Promise<string | undefined> {
    const run = await insertRun(this.database, {
      job: this.job.id,
      kind: 'manual',
      mode: 'live',
      definitionVersion: this.job.version,
      requestedBy: 'conformance suite',
    })
    if (!run) throw new Error('no run')
    await planSyncs(this.database, run, [account.id])
    const [open] = await openSyncsOf(this.database, run.id)
    return open?.syncId
  }

  async syncNow(syncId: string): Promise<SyncNow> {
    return only(await this.database.query<SyncNow>('select * from syncs where id = $1', [syncId]))
  }

  /** As when an account was never read: its rows, cursors, operations and open syncs are gone. */
  async startOver(account: Pick<HeldAccount, 'id'>): Promise<void> {
    await this.database.query(
      `update syncs set state = 'cancelled', settled_at = now(), wait_until = null
       where account_id = $1 and state in ('waiting', 'running')`,
      [account.id],
    )
    await this.database.query('update accounts set not_before = null where id = $1', [account.id])
    await this.database.query(
      'delete from seen_records where sync_id in (select id from syncs where account_id = $1)',
      [account.id],
    )
    const { rows } = await this.database.query<{ name: string }>(
      `select table_name as name from information_schema.columns
       where table_schema = $1 and column_name = 'account_id' and table_name <> 'syncs'`,
      [this.database.schema],
    )
    for (const { name } of rows) {
      await this.database.query(`delete from "${name}" where account_id = $1`, [account.id])
    }
  }

  /** As an import of a good credential and account does: what is parked is tried again, at once. */
  async unpark(account: HeldAccount): Promise<void> {
    await this.database.query('update credentials set parked_at = null, parked_reason = null where id = $1', [
      account.credential,
    ])
    await this.database.query(
      'update accounts set parked_at = null, parked_reason = null, not_before = null where id = $1',
      [account.id],
    )
  }

  /** Lets the time go by that a vendor asked an account to wait. */
  async rest({ id }: HeldAccount): Promise<void> {
    const { rows } = await this.database.query<{ until: Date | null }>(
      'select not_before as until from accounts where id = $1',
      [id],
    )
    const until = rows[0]?.until
    if (until) await this.clock.moveTo(until)
  }

  /** What is parked of an account now. */
  async parked(account: HeldAccount): Promise<'credential' | 'account' | undefined> {
    const row = only(
      await this.database.query<{ credential: boolean; account: boolean }>(
        `select c.parked_at is not null as credential, a.parked_at is not null as account
         from accounts a join credentials c on c.id = a.credential_id where a.id = $1`,
        [account.id],
      ),
    )
    if (row.credential) return 'credential'
    return row.account ? 'account' : undefined
  }

  async endWorkers(): Promise<void> {
    await this.#workers[Symbol.asyncDispose]()
  }

  /** As when it was opened at `start`: there is nothing in its stores but empty tables, and nobody works. */
  async renew(start: Date): Promise<void> {
    await this.endWorkers()
    await this.queues.wipe()
    await this.clock.startAnew(start)
    this.log.lines.length = 0
    this.accounts = []
  }

  /** Workers first, then the stores. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await this.endWorkers()
    } finally {
      await this.#owned[Symbol.asyncDispose]()
    }
  }
}
