import type { Sql } from '../../lib/sql'
import { isOnItsWay } from '../control/pause-sql'
import { inUtc } from '../postgres/in-utc'
import type { ErrorFacts } from '../work/sync-states'

/** Whose failures are counted together. */
export type BreakerScope = 'account' | 'credential'

/** Names a circuit breaker: an account's id, or a credential's. */
export interface BreakerName {
  readonly scope: BreakerScope
  readonly subject: string
}

/** Failures in a row. There is none for what has not failed since it last went well. */
export interface Breaker extends BreakerName {
  readonly failures: number
  /** How many accounts they are of. */
  readonly accounts: number
  readonly isOpen: boolean
  /** How often it opened without having been closed. */
  readonly openings: number
  /** The sync that was let through; null unless it is half-open. */
  readonly probingSync: string | null
}

/** Whose breakers an account's syncs go by. */
export interface BehindBreakers {
  readonly accountId: string
  readonly credentialId: string
}

/** More are of no interest to any rule, and rows stay small. */
const accountsKept = 100

/** Counts a failure of an account against it and its credential, and returns both breakers. */
export async function countFailure(
  sql: Sql,
  { accountId, credentialId }: BehindBreakers,
  error: ErrorFacts,
): Promise<Breaker[]> {
  const { rows } = await sql.query<Breaker>(
    `insert into breakers as b (scope, subject, failures, accounts, error_code, error_message)
     values ('account', $1::bigint::text, 1, array[$1::bigint], $3, $4), ('credential', $2, 1, array[$1::bigint], $3, $4)
     on conflict (scope, subject) do update set failures = b.failures + 1,
       accounts = case when b.accounts @> excluded.accounts or cardinality(b.accounts) >= ${accountsKept}
                  then b.accounts else b.accounts || excluded.accounts end,
       error_code = excluded.error_code, error_message = excluded.error_message, updated_at = clock_timestamp()
     returning scope, subject, failures, cardinality(accounts) as accounts, opened_at is not null as "isOpen", openings,
       probing_sync as "probingSync"`,
    [accountId, credentialId, error.code, error.message],
  )
  return rows
}

/** Opens a breaker, or keeps it open: nobody passes for so many milliseconds. */
export async function openBreaker(
  sql: Sql,
  { scope, subject }: BreakerName,
  probeAfter: number,
): Promise<void> {
  await sql.query(
    `update breakers set opened_at = coalesce(opened_at, clock_timestamp()), openings = openings + 1, probing_sync = null,
       probe_at = clock_timestamp() + $3 * interval '1 millisecond'
     where scope = $1 and subject = $2`,
    [scope, subject, probeAfter],
  )
}

/** Forgets the failures of an account that has just gone well, and of its credential. Returns the breakers that were open. */
export async function forgetFailures(
  sql: Sql,
  { accountId, credentialId }: BehindBreakers,
): Promise<BreakerName[]> {
  const { rows } = await sql.query<BreakerName & { isOpen: boolean }>(
    `delete from breakers
     where scope = 'account' and subject = $1::bigint::text or scope = 'credential' and subject = $2
     returning scope, subject, opened_at is not null as "isOpen"`,
    [accountId, credentialId],
  )
  return rows.filter(({ isOpen }) => isOpen)
}

/** An open breaker in a sync's way. */
export interface BreakerInTheWay extends BreakerName {
  /** For people: what is open until when, and why. */
  readonly told: string
  /** Milliseconds until one sync is let through; not above 0 where that may be now. */
  readonly probeIn: number
  readonly openings: number
  /** The sync that was let through and is not over yet; null also where a pause keeps it waiting. */
  readonly probingSync: string | null
}

/** For people, from a row of breakers named `b`. */
export const breakerInWords = `'circuit breaker of ' || b.scope || ' ' || b.subject || ' open until ' || ${inUtc('b.probe_at')} || ': ' || b.error_message`

/** Locks the open breakers that a sync of the account would have to pass, until the transaction ends. The sync's lock comes before. */
export async function lockOpenBreakers(
  sql: Sql,
  { accountId, credentialId }: BehindBreakers,
): Promise<BreakerInTheWay[]> {
  const { rows } = await sql.query<BreakerInTheWay>(
    `select b.scope, b.subject, ${breakerInWords} as told, b.openings,
       extract(epoch from b.probe_at - clock_timestamp())::float8 * 1000 as "probeIn",
       (select s.id from syncs s join accounts a on a.id = s.account_id
        where s.id = b.probing_sync and ${isOnItsWay('s', 'a')}) as "probingSync"
     from breakers b
     where (b.scope = 'account' and b.subject = $1::bigint::text or b.scope = 'credential' and b.subject = $2)
       and b.opened_at is not null
     order by b.scope for no key update of b`,
    [accountId, credentialId],
  )
  return rows
}

/** Lets one sync through a locked breaker. The next one may follow after so many milliseconds, should this one vanish. */
export async function letThrough(
  sql: Sql,
  { scope, subject }: BreakerName,
  syncId: string,
  nextAfter: number,
): Promise<void> {
  await sql.query(
    `update breakers set probing_sync = $3, probe_at = clock_timestamp() + $4 * interval '1 millisecond'
     where scope = $1 and subject = $2`,
    [scope, subject, syncId, nextAfter],
  )
}
