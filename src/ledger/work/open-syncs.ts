import type { Sql } from '../../lib/sql'
import { accountPauseInWords } from '../control/pause-sql'
import type { Lane } from './syncs'

/** Names one sync's place in the queues. */
export interface SyncOrder {
  readonly syncId: string
  readonly job: string
  readonly version: number
  readonly lane: Lane
  /** Milliseconds until it may start; 0 where it may now. */
  readonly delay: number
}

const delay = `coalesce(greatest(ceil(extract(epoch from s.wait_until - clock_timestamp()) * 1000), 0), 0)::float8 as delay`

/** The open syncs of a run, in the order in which they were planned. */
export async function openSyncsOf(sql: Sql, runId: string): Promise<SyncOrder[]> {
  const { rows } = await sql.query<SyncOrder>(
    `select s.id as "syncId", s.job, r.definition_version as version, s.lane, ${delay}
     from syncs s join runs r on r.id = s.run_id
     where s.run_id = $1 and s.state in ('waiting', 'running') order by s.id`,
    [runId],
  )
  return rows
}

/** The open syncs of a run, with the pause of its account or client that a waiting one waits for; null where there is none. */
export async function openSyncsByPause(
  sql: Sql,
  runId: string,
): Promise<{ readonly pause: string | null; readonly syncIds: readonly string[] }[]> {
  const { rows } = await sql.query<{ pause: string | null; syncIds: string[] }>(
    `select pause, array_agg(id::text order by id) as "syncIds"
     from (select s.id, case when s.state = 'waiting' then ${accountPauseInWords('a')} end as pause
           from syncs s join accounts a on a.id = s.account_id
           where s.run_id = $1 and s.state in ('waiting', 'running')) open
     group by pause order by min(id)`,
    [runId],
  )
  return rows
}

/** Open syncs of the whole fleet older than `age` milliseconds, after sync `after`, oldest first. */
export async function openSyncs(
  sql: Sql,
  query: { readonly age: number; readonly after: string; readonly limit: number },
): Promise<SyncOrder[]> {
  const { rows } = await sql.query<SyncOrder>(
    `select s.id as "syncId", s.job, r.definition_version as version, s.lane, ${delay}
     from syncs s join runs r on r.id = s.run_id
     where s.state in ('waiting', 'running') and s.id > $2
       and s.created_at < clock_timestamp() - $1 * interval '1 millisecond'
     order by s.id limit $3`,
    [query.age, query.after, query.limit],
  )
  return rows
}

/** Those of the given syncs that are open now. */
export async function stillOpen(sql: Sql, syncIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql.query<{ id: string }>(
    `select id from syncs where id = any ($1::bigint[]) and state in ('waiting', 'running')`,
    [syncIds],
  )
  return rows.map(({ id }) => id)
}

/** The syncs of a job that wait and are not being performed. */
export async function waitingSyncsOf(sql: Sql, job: string): Promise<string[]> {
  const { rows } = await sql.query<{ id: string }>(
    `select id from syncs where job = $1 and state = 'waiting' order by id`,
    [job],
  )
  return rows.map(({ id }) => id)
}

/** The open live sync of an account; undefined where it has none. */
export async function openLiveSync(sql: Sql, accountId: string): Promise<string | undefined> {
  const { rows } = await sql.query<{ id: string }>(
    `select id from syncs where account_id = $1 and lane = 'live' and state in ('waiting', 'running')`,
    [accountId],
  )
  return rows[0]?.id
}
