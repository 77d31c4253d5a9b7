import type { Sql } from '../../lib/sql'
import { accountPauseInWords } from '../control/pause-sql'
import { breakerInWords } from '../gates/breakers'
import { closeIncident } from '../gates/incidents'
import { unparked } from '../gates/parking'
import { upserted, type Upserted } from './clients'

/** One client's connection to one job's vendor, as it is set up. */
export interface Account {
  readonly client: string
  readonly job: string
  readonly externalId: string
  readonly credential: string
  readonly timezone: string
  readonly enabled: boolean
  readonly settings: unknown
}

/** An account with its state. */
export interface AccountRow extends Account {
  readonly id: string
  /** Its own or its credential's; null where nothing is parked. */
  readonly parkedAt: Date | null
  readonly parkedReason: string | null
  /** What is said of its pause, or its client's; null where neither is paused. */
  readonly paused: string | null
  /** What is said of the open circuit breaker, its own or its credential's, that it is behind for longest; null where none is open. */
  readonly breaker: string | null
  readonly notBefore: Date | null
  readonly lastOkAt: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** What names an account to people. */
export interface AccountName {
  readonly client: string
  readonly job: string
  readonly externalId: string
}

const setUp = `a.client_id as client, a.job, a.external_id as "externalId", a.credential_id as credential, a.timezone,
  a.enabled, a.settings`
const columns = `a.id, ${setUp}, coalesce(c.parked_at, a.parked_at) as "parkedAt",
  coalesce(c.parked_reason, a.parked_reason) as "parkedReason", a.not_before as "notBefore",
  ${accountPauseInWords('a')} as paused,
  (select ${breakerInWords} from breakers b
   where b.opened_at is not null and (b.scope = 'account' and b.subject = a.id::text or b.scope = 'credential' and b.subject = a.credential_id)
   order by b.probe_at desc limit 1) as breaker,
  (select s.settled_at from syncs s where s.account_id = a.id and s.lane = 'live' and s.state = 'ok' and not s.narrow order by s.id desc limit 1) as "lastOkAt",
  a.created_at as "createdAt", a.updated_at as "updatedAt"`

/** Accounts by client, job and external id; of one job or client where asked, and those that follow upon an account's id. */
export async function listAccounts(
  sql: Sql,
  query: {
    readonly job?: string
    readonly client?: string
    readonly after?: string
    readonly limit?: number
  } = {},
): Promise<AccountRow[]> {
  const { rows } = await sql.query<AccountRow>(
    `select ${columns} from accounts a join credentials c on c.id = a.credential_id
     where ($1::text is null or a.job = $1) and ($2::text is null or a.client_id = $2)
       and ($3::bigint is null or (a.client_id, a.job, a.external_id) >
         (select client_id, job, external_id from accounts where id = $3))
     order by a.client_id, a.job, a.external_id limit $4`,
    [query.job ?? null, query.client ?? null, query.after ?? null, query.limit ?? null],
  )
  return rows
}

/** An account by its number in the ledger. */
export async function findAccount(sql: Sql, id: string): Promise<AccountRow | undefined> {
  const { rows } = await sql.query<AccountRow>(
    `select ${columns} from accounts a join credentials c on c.id = a.credential_id where a.id = $1`,
    [id],
  )
  return rows[0]
}

/** An account by its name. */
export async function findAccountNamed(sql: Sql, name: AccountName): Promise<AccountRow | undefined> {
  const { rows } = await sql.query<AccountRow>(
    `select ${columns} from accounts a join credentials c on c.id = a.credential_id
     where a.client_id = $1 and a.job = $2 and a.external_id = $3`,
    [name.client, name.job, name.externalId],
  )
  return rows[0]
}

/** How an account of that name is set up. */
export async function findSetUp(sql: Sql, name: AccountName): Promise<Account | undefined> {
  const { rows } = await sql.query<Account>(
    `select ${setUp} from accounts a where a.client_id = $1 and a.job = $2 and a.external_id = $3`,
    [name.client, name.job, name.externalId],
  )
  return rows[0]
}

/**
 * Adds an account, or changes the one of that name. A change un-parks it: what was wrong may be right now. Run it in a
 * transaction.
 */
export async function upsertAccount(sql: Sql, account: Account): Promise<Upserted> {
  const { rows } = await sql.query<{ id: string; inserted: boolean }>(
    `insert into accounts as was (client_id, job, external_id, credential_id, timezone, enabled, settings)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (client_id, job, external_id) do update
       set credential_id = excluded.credential_id, timezone = excluded.timezone, enabled = excluded.enabled,
         settings = excluded.settings, ${unparked}, updated_at = clock_timestamp()
       where was.parked_at is not null or (was.credential_id, was.timezone, was.enabled, was.settings)
         is distinct from (excluded.credential_id, excluded.timezone, excluded.enabled, excluded.settings)
     returning id, xmax = 0 as inserted`,
    [
      account.client,
      account.job,
      account.externalId,
      account.credential,
      account.timezone,
      account.enabled,
      JSON.stringify(account.settings),
    ],
  )
  const [row] = rows
  if (row && !row.inserted)
    await closeIncident(
      sql,
      { kind: 'account-parked', subject: `account ${row.id}` },
      'the account was changed',
    )
  return upserted(row)
}
