import { FenceLostError } from '../../job/errors'
import { only, type Sql } from '../../lib/sql'
import { isPaused } from '../control/pause-sql'
import { parkedInWords } from '../gates/parking'

/** A parked account or credential. */
export interface Parked {
  readonly scope: 'credential' | 'account'
  /** For people: what is parked, since when, and why. */
  readonly told: string
  /** The one sync that may try it; null where none may just now. */
  readonly probingSync: string | null
}

/** What a sync knows of its account and credential. `secrets` are sealed. */
export interface ClaimedAccount {
  readonly id: string
  readonly clientId: string
  readonly externalId: string
  readonly timezone: string
  readonly settings: unknown
  /** Changes with every edit of the account. */
  readonly revision: string
  readonly credentialId: string
  readonly secrets: string
  /** Changes with every edit of the credential. */
  readonly credentialRevision: string
  readonly enabled: boolean
  /** What is parked of it, its credential first; empty where nothing is. */
  readonly parked: readonly Parked[]
  /** True where its circuit breaker is open, or its credential's. */
  readonly isBroken: boolean
  /** True where it, its client, its job or everything is paused. */
  readonly isPaused: boolean
  /** Postgres' clock. */
  readonly now: Date
}

const parkedOf = (scope: Parked['scope'], row: string): string =>
  `case when ${row}.parked_at is null then '[]' else jsonb_build_array(jsonb_build_object('scope', '${scope}',
     'told', ${parkedInWords(scope, row)}, 'probingSync', ${row}.probing_sync::text)) end`

const claimed = `select a.id, a.client_id as "clientId", a.external_id as "externalId", a.timezone, a.settings, a.enabled,
    a.credential_id as "credentialId", c.secrets, a.updated_at::text as revision,
    c.updated_at::text as "credentialRevision", ${parkedOf('credential', 'c')} || ${parkedOf('account', 'a')} as parked,
    exists (select from breakers b where b.opened_at is not null and
      (b.scope = 'account' and b.subject = a.id::text or b.scope = 'credential' and b.subject = c.id)) as "isBroken",
    ${isPaused('a')} as "isPaused",
    clock_timestamp() as now
  from accounts a join credentials c on c.id = a.credential_id
  where a.id = any ($1::bigint[]) order by a.id for no key update of a`

/** Locks an account for an attempt's claim, until the transaction ends. */
export async function lockAccount(sql: Sql, accountId: string): Promise<ClaimedAccount> {
  return only(await sql.query<ClaimedAccount>(claimed, [[accountId]]))
}

/** Locks those of the accounts that nobody else has locked, by id. */
export async function lockFreeAccounts(sql: Sql, accountIds: readonly string[]): Promise<ClaimedAccount[]> {
  const { rows } = await sql.query<ClaimedAccount>(`${claimed} skip locked`, [accountIds], {
    prepared: 'lock_free_accounts',
  })
  return rows
}

/** Raises an account's fence: what was claimed before writes nothing any more. Returns the new number. */
export async function raiseFence(sql: Sql, accountId: string): Promise<string> {
  const { fence } = only(
    await sql.query<{ fence: string }>(
      'update accounts set fence = fence + 1 where id = $1 returning fence',
      [accountId],
    ),
  )
  return fence
}

/**
 * Takes the fences of syncs' accounts from those of their attempts that hold one, so that these write nothing more; whoever else
 * holds one by now keeps it. The accounts are locked.
 */
export async function takeFencesOf(sql: Sql, syncIds: readonly string[]): Promise<void> {
  await sql.query(
    `update accounts set fence = accounts.fence + 1
     from attempts join syncs on syncs.id = attempts.sync_id
     where attempts.sync_id = any ($1::bigint[]) and attempts.outcome = 'running'
       and accounts.id = syncs.account_id and accounts.fence = attempts.fence`,
    [syncIds],
  )
}

/**
 * Holds an account's fence until the transaction ends: nobody can raise it meanwhile.
 * `to: 'change'` where the transaction goes on to change the account itself, so that the lock need not be raised later.
 * Throws FenceLostError where it was raised before, so that the transaction writes nothing.
 */
export async function holdFence(
  sql: Sql,
  accountId: string,
  fence: string,
  to: 'write pages' | 'change' = 'write pages',
): Promise<void> {
  const lock = to === 'change' ? 'for no key update' : 'for share'
  const { rowCount } = await sql.query(`select 1 from accounts where id = $1 and fence = $2 ${lock}`, [
    accountId,
    fence,
  ])
  if (rowCount === 0) {
    throw new FenceLostError(
      `account ${accountId}: fence ${fence} was raised by another attempt, nothing was written`,
    )
  }
}

/** One attempt's right to write for its account. */
export interface HeldFence {
  readonly accountId: string
  readonly fence: string
}

/**
 * Holds the fences of several accounts until the transaction ends, of those that nobody else has locked, and returns the
 * ids of these accounts. One that is missing is locked just now, or its fence was raised.
 */
export async function holdFreeFences(sql: Sql, fences: readonly HeldFence[]): Promise<Set<string>> {
  const { rows } = await sql.query<{ id: string }>(
    `select a.id from unnest($1::bigint[], $2::bigint[]) held (id, fence)
     join accounts a on a.id = held.id and a.fence = held.fence
     order by a.id for share of a skip locked`,
    [fences.map(({ accountId }) => accountId), fences.map(({ fence }) => fence)],
    { prepared: 'hold_free_fences' },
  )
  return new Set(rows.map(({ id }) => id))
}
