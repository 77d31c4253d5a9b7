import type { Sql } from '../../lib/sql'
import { isOnItsWay, isPaused } from '../control/pause-sql'

/** Tries that were let through are over when their sync is, and count for nothing while a pause keeps it waiting. */
const isTried = (row: string): string =>
  `exists (select from syncs p join accounts t on t.id = p.account_id
     where p.id = ${row}.probing_sync and ${isOnItsWay('p', 't')})`
const isTryDue = (row: string): string =>
  `${row}.parked_at is not null and coalesce(${row}.probe_at, ${row}.parked_at) <= clock_timestamp() and not ${isTried(row)}`
const isSyncing = (account: string): string =>
  `exists (select from syncs u where u.account_id = ${account}.id and u.lane = 'live' and u.state in ('waiting', 'running'))`
/** The breakers that an account's syncs go by: its own and its credential's, each found by its key however many are open. */
const breakersOf = (account: string): string =>
  `(values ('account', ${account}.id::text), ('credential', ${account}.credential_id)) behind (scope, subject)
    join breakers b on b.scope = behind.scope and b.subject = behind.subject`
/** An account that could be synced now, but for what is parked. */
const isFree = `a.enabled and not ${isPaused('a')} and not ${isSyncing('a')} and coalesce(a.not_before <= clock_timestamp(), true)
  and not exists (select from ${breakersOf('a')} where b.probe_at > clock_timestamp())`
/** Who was tried longest ago comes first, so that one account that cannot be synced for reasons of its own decides nothing. */
const longestUntried = `(select max(t.id) from syncs t where t.account_id = a.id and t.attempts > 0) nulls first, a.id`

/** Jobs for which a follow-up run may be due: a rest is over, or something shut is to be tried. */
export async function jobsToFollowUp(sql: Sql): Promise<Set<string>> {
  const { rows } = await sql.query<{ job: string }>(
    `select job from accounts a where not_before <= clock_timestamp() and enabled and not ${isPaused('a')}
     union select job from credentials c where ${isTryDue('c')}
     union select job from accounts a where ${isTryDue('a')}
     union select a.job from breakers b join accounts a on a.id::text = b.subject
       where b.scope = 'account' and b.probe_at <= clock_timestamp() and a.enabled
     union select c.job from breakers b join credentials c on c.id = b.subject
       where b.scope = 'credential' and b.probe_at <= clock_timestamp()`,
  )
  return new Set(rows.map(({ job }) => job))
}

/** Ends the rests of a job's accounts that are over, and returns the accounts that no sync has read since. They are locked. */
export async function endRests(sql: Sql, job: string): Promise<string[]> {
  const { rows } = await sql.query<{ id: string; isRead: boolean }>(
    `select a.id, exists (
         select from syncs s where s.account_id = a.id and s.lane = 'live' and s.settled_at >= a.not_before
           and s.state not in ('skipped', 'superseded') and not s.narrow) as "isRead"
     from accounts a join credentials c on c.id = a.credential_id
     where a.job = $1 and a.enabled and a.not_before <= clock_timestamp() and not ${isSyncing('a')} and not ${isPaused('a')}
       and a.parked_at is null and c.parked_at is null
       and not exists (select from ${breakersOf('a')} where b.opened_at is not null)
     order by a.id for no key update of a skip locked`,
    [job],
  )
  if (rows.length > 0)
    await sql.query('update accounts set not_before = null where id = any ($1::bigint[])', [
      rows.map(({ id }) => id),
    ])
  return rows.filter(({ isRead }) => !isRead).map(({ id }) => id)
}

/** An account whose next sync tries something that is shut. */
export interface Try {
  readonly accountId: string
  /** What is parked and tried: not where only a circuit breaker is. */
  readonly parked: readonly {
    readonly scope: 'credential' | 'account'
    readonly id: string
    readonly inVain: number
  }[]
  /** For people: `credential ctm-7`. */
  readonly of: string
}

/** What is parked and due to be tried, each with one account. Credentials are locked, then accounts. */
export async function dueTries(sql: Sql, job: string): Promise<Try[]> {
  const credentials = await sql.query<{ id: string; probes: number }>(
    `select c.id, c.probes from credentials c where c.job = $1 and ${isTryDue('c')}
     order by c.id for no key update of c skip locked`,
    [job],
  )
  const probesOf = new Map(credentials.rows.map(({ id, probes }) => [id, probes]))
  const { rows } = await sql.query<{ id: string; credentialId: string; isParked: boolean; probes: number }>(
    `with chosen as (
       select distinct on (a.credential_id) a.id from accounts a
       where a.credential_id = any ($2) and ${isFree}
       order by a.credential_id, a.parked_at is not null, ${longestUntried}
     )
     select a.id, a.credential_id as "credentialId", a.parked_at is not null as "isParked", a.probes
     from accounts a join credentials c on c.id = a.credential_id
     where a.id in (select id from chosen)
       or a.job = $1 and ${isTryDue('a')} and c.parked_at is null and ${isFree}
     order by a.id for no key update of a skip locked`,
    [job, [...probesOf.keys()]],
  )
  return rows.map(({ id, credentialId, isParked, probes }) => {
    const inVain = probesOf.get(credentialId)
    const ofCredential =
      inVain === undefined ? [] : [{ scope: 'credential', id: credentialId, inVain } as const]
    const ofAccount = isParked ? [{ scope: 'account', id, inVain: probes } as const] : []
    const of = inVain === undefined ? `account ${id}` : `credential ${credentialId}`
    return { accountId: id, parked: [...ofCredential, ...ofAccount], of }
  })
}

/** Circuit breakers that may let a sync through while no sync is on its way to them, each with one account. Locks the accounts. */
export async function dueBreakerTries(sql: Sql, job: string): Promise<Try[]> {
  const { rows } = await sql.query<{ id: string; of: string }>(
    `with chosen as (
       select distinct on (b.scope, b.subject) b.scope, b.subject, a.id
       from accounts a join credentials c on c.id = a.credential_id cross join lateral ${breakersOf('a')}
       where a.job = $1 and b.probe_at <= clock_timestamp() and ${isFree} and a.parked_at is null and c.parked_at is null
         and not exists (select from accounts other join syncs u on u.account_id = other.id and u.lane = 'live'
                         where b.scope = 'credential' and other.credential_id = b.subject and ${isOnItsWay('u', 'other')})
       order by b.scope, b.subject, ${longestUntried}
     )
     select a.id, (select min('circuit breaker of ' || scope || ' ' || subject) from chosen where id = a.id) as of
     from accounts a where a.id in (select id from chosen) order by a.id for no key update of a skip locked`,
    [job],
  )
  return rows.map(({ id, of }) => ({ accountId: id, parked: [], of }))
}

/** Lets the syncs of a run through to what they try. The next try may follow after so many milliseconds, should one vanish. */
export async function letTry(
  sql: Sql,
  runId: string,
  tries: readonly Try[],
  nextAfter: (inVain: number) => number,
): Promise<void> {
  const tables = { credential: 'credentials', account: 'accounts' } as const
  for (const { accountId, parked } of tries)
    for (const { scope, id, inVain } of parked)
      await sql.query(
        `update ${tables[scope]} p set probing_sync = s.id, probes = probes + 1,
           probe_at = clock_timestamp() + $4 * interval '1 millisecond'
         from syncs s where p.id = $1 and s.run_id = $2 and s.account_id = $3 and s.state = 'waiting'`,
        [id, runId, accountId, nextAfter(inVain + 1)],
      )
}
