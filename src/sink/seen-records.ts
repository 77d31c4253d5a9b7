import type { Sql } from '../lib/sql'

/** Forgets what a sync has seen, of one stream or of all: its window starts over, is complete, or will not be completed. */
export async function forgetSeen(sql: Sql, syncId: string, stream?: string): Promise<void> {
  await sql.query(
    'delete from seen_records where sync_id = $1::bigint and ($2::text is null or stream = $2)',
    [syncId, stream ?? null],
  )
}

/** Forgets everything that a sync has seen, and tells of which streams that was. */
export async function forgetAllSeen(sql: Sql, syncId: string): Promise<string[]> {
  const { rows } = await sql.query<{ stream: string }>(
    `with forgotten as (delete from seen_records where sync_id = $1::bigint returning stream)
     select distinct stream from forgotten`,
    [syncId],
  )
  return rows.map(({ stream }) => stream)
}

/** Stands among the keys that were seen for records whose keys could not be read: any row may be one of them. */
const unreadable = 'null'

/** Notes that a window or listing had a record without a readable key, so that its completion removes nothing. */
export async function noteUnreadable(sql: Sql, syncId: string, stream: string): Promise<void> {
  await sql.query(
    'insert into seen_records (sync_id, stream, key) values ($1, $2, $3::jsonb) on conflict do nothing',
    [syncId, stream, unreadable],
  )
}

/** True where what was not seen may be what could not be read. */
export async function hasUnreadable(sql: Sql, syncId: string, stream: string): Promise<boolean> {
  const { rowCount } = await sql.query(
    'select 1 from seen_records where sync_id = $1 and stream = $2 and key = $3::jsonb',
    [syncId, stream, unreadable],
  )
  return rowCount > 0
}

/**
 * Runs `work`, whose statements compare a table's rows with what was seen, without nested loops. Both sides grew since
 * the planner last counted them, and on its guess of a single row it would compare every row with every other.
 * Only inside a transaction: an error leaves the setting to its rollback.
 */
export async function withoutNestedLoops<T>(sql: Sql, work: () => Promise<T>): Promise<T> {
  await sql.query('set local enable_nestloop = off')
  const result = await work()
  await sql.query('set local enable_nestloop = on')
  return result
}
