import { only, type Sql } from '../../lib/sql'
import type { Spent } from './attempts'
import type { SyncState } from './syncs'

/** Who ends syncs before they are done, and why. */
export interface CancelRequest {
  readonly requestedBy: string
  readonly reason: string
  /** Where it is no person's decision: the error that the syncs end with. */
  readonly error?: { readonly errorClass: string; readonly code: string }
}

/**
 * Writes down that those of the syncs that are open are to end; one that was to end anyway keeps its first reason.
 * Returns how many are new. Whoever performs such a sync sees it soon and ends it; `runs/cancel/carry-out-cancellations.ts` ends the rest.
 */
export async function requestCancellations(
  sql: Sql,
  syncIds: readonly string[],
  { requestedBy, reason, error }: CancelRequest,
): Promise<number> {
  const { rowCount } = await sql.query(
    `insert into cancellations (sync_id, requested_by, reason, error_class, error_code)
     select id, $2, $3, $4, $5 from syncs where id = any ($1::bigint[]) and state in ('waiting', 'running')
     on conflict do nothing`,
    [syncIds, requestedBy, reason, error?.errorClass ?? null, error?.code ?? null],
  )
  return rowCount
}

/** Says who ends a run before it is done: with its last sync it settles as cancelled. The first one's word stays. */
export async function markCancelled(
  sql: Sql,
  runId: string,
  { by, reason }: { readonly by: string; readonly reason: string },
): Promise<void> {
  await sql.query(
    `update runs set cancelled_by = $2, cancel_reason = $3 where id = $1 and cancelled_by is null`,
    [runId, by, reason],
  )
}

/** A sync that is to end and has not yet. */
export interface PendingCancellation {
  readonly syncId: string
  readonly accountId: string
  readonly runId: string
  readonly job: string
  readonly state: SyncState
  /** Its worker should have ended it by now. */
  readonly isOverdue: boolean
}

/** Those of the syncs, or of all, that are to end and have not; overdue are those asked for longer than `patience` ms ago. */
export async function pendingCancellations(
  sql: Sql,
  { patience, syncIds }: { readonly patience: number; readonly syncIds?: readonly string[] },
): Promise<PendingCancellation[]> {
  const { rows } = await sql.query<PendingCancellation>(
    `select s.id as "syncId", s.account_id as "accountId", s.run_id as "runId", s.job, s.state,
       c.requested_at < clock_timestamp() - $1 * interval '1 millisecond' as "isOverdue"
     from cancellations c join syncs s on s.id = c.sync_id
     where s.state in ('waiting', 'running') and ($2::bigint[] is null or s.id = any ($2))
     order by s.id`,
    [patience, syncIds ?? null],
  )
  return rows
}

/** Forgets what was asked of syncs that ended before it could be done. */
export async function forgetOverCancellations(sql: Sql): Promise<void> {
  await sql.query(
    `delete from cancellations c using syncs s
     where s.id = c.sync_id and s.state not in ('waiting', 'running')`,
  )
}

/** Forgets what was asked of a sync that ended by itself and is reopened: nobody wants the retry to end. It is locked. */
export async function forgetCancellation(sql: Sql, syncId: string): Promise<void> {
  await sql.query('delete from cancellations where sync_id = $1', [syncId])
}

/** Those of the syncs that nobody should go on with: somebody wants them to end, or ended them already. */
export async function syncsToLeave(sql: Sql, syncIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql.query<{ id: string }>(
    `select id from syncs where id = any ($1::bigint[])
       and (state not in ('waiting', 'running') or exists (select from cancellations where sync_id = syncs.id))`,
    [syncIds],
    { prepared: 'syncs_to_leave' },
  )
  return rows.map(({ id }) => id)
}

/** Locks those of the syncs that wait and that nobody else has locked, by id, until the transaction ends. */
export async function lockFreeWaiting(sql: Sql, syncIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql.query<{ id: string }>(
    `select id from syncs where id = any ($1::bigint[]) and state = 'waiting' order by id
     for no key update skip locked`,
    [syncIds],
  )
  return rows.map(({ id }) => id)
}

/**
 * Settles open syncs as cancelled by whoever asked for it, and ends their attempts; returns those that were. What they have
 * written stays, with its cursor. What they have seen is forgotten, and with it go positions in windows and listings that were
 * not completed, because whoever went on there would take for gone what lies before. Their run is locked, and nobody performs
 * them any more. `spent` is what their attempts cost, as far as their worker says.
 */
export async function endCancelled(
  sql: Sql,
  syncIds: readonly string[],
  spent: Spent = { calls: 0, limitWait: 0 },
): Promise<string[]> {
  const { rows } = await sql.query<{ id: string }>(
    `with settled as (
       update syncs s set state = 'cancelled', reason = 'cancelled by ' || c.requested_by || ': ' || c.reason, wait_until = null,
         error_class = c.error_class, error_code = c.error_code,
         error_message = case when c.error_code is not null then c.reason end, settled_at = clock_timestamp()
       from cancellations c
       where c.sync_id = s.id and s.id = any ($1::bigint[]) and s.state in ('waiting', 'running')
       returning s.id, s.run_id, s.account_id, s.lane),
     ended as (
       update attempts set outcome = 'cancelled', ended_at = clock_timestamp(), calls = $2, limit_wait = $3
       where sync_id in (select id from settled) and outcome = 'running'),
     forgotten as (delete from seen_records where sync_id in (select id from settled) returning sync_id, stream),
     dropped as (
       update stream_states state set position = null
       from forgotten f join settled s on s.id = f.sync_id join runs r on r.id = s.run_id
       where s.lane = 'live' and state.account_id = s.account_id and state.mode = r.mode and state.stream = f.stream),
     started_over as (
       delete from backfill_positions p using forgotten f join backfill_windows w on w.sync_id = f.sync_id
       where p.window_id = w.id and p.stream = f.stream),
     done as (delete from cancellations where sync_id in (select id from settled))
     select id from settled`,
    [syncIds, spent.calls, spent.limitWait],
  )
  return rows.map(({ id }) => id)
}

/** How many of the syncs ended as cancelled. */
export async function countCancelled(sql: Sql, syncIds: readonly string[]): Promise<number> {
  const { count } = only(
    await sql.query<{ count: number }>(
      `select count(*)::int from syncs where id = any ($1::bigint[]) and state = 'cancelled'`,
      [syncIds],
    ),
  )
  return count
}
