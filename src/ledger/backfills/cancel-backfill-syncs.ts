import type { Sql } from '../../lib/sql'
import { takeFencesOf } from '../work/fences'
import { lockRuns, settleLockedRuns } from '../work/runs'

/**
 * Ends the open syncs of a locked backfill as cancelled; their windows are open again. An attempt that is under way loses its
 * fence, so it writes nothing more; a live sync of the account that holds the fence by now keeps it. Returns how many.
 */
export async function cancelBackfillSyncs(sql: Sql, backfillId: string, reason: string): Promise<number> {
  const { rows } = await sql.query<{ syncId: string; accountId: string; runId: string }>(
    `select s.id as "syncId", s.account_id as "accountId", s.run_id as "runId"
     from backfill_windows w join syncs s on s.id = w.sync_id
     where w.backfill_id = $1 and s.state in ('waiting', 'running') order by s.id`,
    [backfillId],
  )
  if (rows.length === 0) return 0
  const syncIds = rows.map(({ syncId }) => syncId)
  const accountIds = rows.map(({ accountId }) => accountId)
  await sql.query('select 1 from accounts where id = any ($1::bigint[]) order by id for no key update', [
    accountIds,
  ])
  await takeFencesOf(sql, syncIds)
  const runIds = [...new Set(rows.map(({ runId }) => runId))]
  await lockRuns(sql, runIds)
  const { rowCount } = await sql.query(
    `with settled as (
       update syncs set state = 'cancelled', reason = $2, wait_until = null, settled_at = clock_timestamp()
       where id = any ($1::bigint[]) and state in ('waiting', 'running') returning id),
     ended as (
       update attempts set outcome = 'cancelled', ended_at = clock_timestamp()
       where sync_id in (select id from settled) and outcome = 'running'),
     forgotten as (delete from seen_records where sync_id in (select id from settled) returning sync_id, stream),
     -- Without what was seen before it, a position in the middle of a window would lead to rows being taken for gone.
     dropped as (
       delete from backfill_positions p using forgotten f, backfill_windows w
       where w.sync_id = f.sync_id and p.window_id = w.id and p.stream = f.stream)
     select id from settled`,
    [syncIds, reason],
  )
  await settleLockedRuns(sql, runIds)
  return rowCount
}
