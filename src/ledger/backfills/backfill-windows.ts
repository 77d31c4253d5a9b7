import type { DayWindow, Json } from '../../job/streams'
import { only, type Sql } from '../../lib/sql'
import { isPaused } from '../control/pause-sql'
import type { StreamState } from '../streams/stream-states'
import { type BackfillState, windowState } from './backfills'

/** The days that a sync of the lane `backfill` reads. */
export interface BackfillWindow {
  readonly id: string
  readonly syncId: string
  readonly days: DayWindow
  /** Null means all streams of the job. */
  readonly streams: readonly string[] | null
  /** Where each stream goes on. A backfill has no cursor. */
  readonly states: readonly StreamState[]
  /** Streams that were read to their end once. */
  readonly read: readonly string[]
}

/** The windows that syncs have taken on, by sync. */
export async function windowsOfSyncs(
  sql: Sql,
  syncIds: readonly string[],
): Promise<Map<string, BackfillWindow>> {
  const { rows } = await sql.query<BackfillWindow>(
    `select w.id, w.sync_id as "syncId", json_build_object('from', w.from_day, 'to', w.to_day) as days, b.streams,
       coalesce((select json_agg(json_build_object('stream', stream, 'cursor', null, 'position', position))
                 from backfill_positions where window_id = w.id), '[]') as states,
       array(select stream from backfill_positions where window_id = w.id and is_read) as read
     from backfill_windows w join backfills b on b.id = w.backfill_id
     where w.sync_id = any ($1::bigint[])`,
    [syncIds],
  )
  return new Map(rows.map((window) => [window.syncId, window]))
}

/** Moves a position with the page that earned it. An undefined one stays, null drops it. */
export async function moveBackfillPosition(
  sql: Sql,
  windowId: string,
  stream: string,
  to: { readonly position?: Json | null; readonly isRead: boolean },
): Promise<void> {
  if (to.position === undefined && !to.isRead) return
  await sql.query(
    `insert into backfill_positions as held (window_id, stream, position, is_read) values ($1, $2, $3, $4)
     on conflict (window_id, stream) do update set
       position = case when $5 then held.position else excluded.position end,
       is_read = held.is_read or excluded.is_read`,
    [
      windowId,
      stream,
      to.position === undefined || to.position === null ? null : JSON.stringify(to.position),
      to.isRead,
      to.position === undefined,
    ],
  )
}

/** Drops the positions of some streams of a window: they start over. */
export async function dropBackfillPositions(
  sql: Sql,
  windowId: string,
  streams: readonly string[],
): Promise<void> {
  await sql.query('delete from backfill_positions where window_id = $1 and stream = any ($2)', [
    windowId,
    streams,
  ])
}

/** Drops the positions in the window that a sync has taken on: all of it is read again. */
export async function dropWindowPositions(sql: Sql, syncId: string): Promise<void> {
  await sql.query(
    'delete from backfill_positions p using backfill_windows w where w.sync_id = $1 and p.window_id = w.id',
    [syncId],
  )
}

/** What a retry of a failed window depends on. */
export interface WindowToReopen {
  readonly backfillId: string
  readonly state: BackfillState
  /** Another window of the account is under way. */
  readonly isLaneTaken: boolean
}

/** The window that a sync has taken on; undefined where another one has it by now. */
export async function windowToReopen(
  sql: Sql,
  sync: { readonly id: string; readonly accountId: string },
): Promise<WindowToReopen | undefined> {
  const { rows } = await sql.query<WindowToReopen>(
    `select w.backfill_id as "backfillId", b.state,
       exists (select from syncs where account_id = $2 and lane = 'backfill' and id <> $1
                 and state in ('waiting', 'running')) as "isLaneTaken"
     from backfill_windows w join backfills b on b.id = w.backfill_id where w.sync_id = $1`,
    [sync.id, sync.accountId],
  )
  return rows[0]
}

/** The vendor asked for a long wait: the window is taken on again after so many milliseconds. Live syncs go on. */
export async function restWindow(sql: Sql, syncId: string, duration: number): Promise<void> {
  await sql.query(
    `update backfill_windows set not_before = clock_timestamp() + $2 * interval '1 millisecond' where sync_id = $1`,
    [syncId, duration],
  )
}

/**
 * Gives the next window of each account of a locked backfill a sync in a run, where there is one to read and the account can be
 * synced now. Returns how many syncs there are.
 */
export async function takeOnNextWindows(
  sql: Sql,
  backfillId: string,
  run: { readonly id: string; readonly job: string },
): Promise<number> {
  const { rowCount } = await sql.query(
    `with next as (
       select distinct on (w.account_id) w.id, w.account_id
       from backfill_windows w
       join accounts a on a.id = w.account_id join credentials c on c.id = a.credential_id
       left join syncs s on s.id = w.sync_id
       where w.backfill_id = $1 and ${windowState} = 'open' and ${isFree}
       order by w.account_id, w.number
     ), planned as (
       insert into syncs (run_id, job, account_id, lane) select $2, $3, account_id, 'backfill' from next order by account_id
       on conflict do nothing returning id, account_id)
     update backfill_windows w set sync_id = planned.id, not_before = null
     from planned join next on next.account_id = planned.account_id where w.id = next.id`,
    [backfillId, run.id, run.job],
  )
  return rowCount
}

/** An account that may be synced now, and whose backfill lane is free. */
const isFree = `a.enabled and not ${isPaused('a')} and a.parked_at is null and c.parked_at is null
  and coalesce(greatest(a.not_before, w.not_before) <= clock_timestamp(), true)
  and not exists (select from syncs u where u.account_id = a.id and u.lane = 'backfill' and u.state in ('waiting', 'running'))`

/** What there is to do for a backfill now. */
export interface BackfillWork {
  /** Windows with an open sync. */
  readonly underWay: number
  /** Windows to read, of whatever account. */
  readonly open: number
  /** Accounts that can take on a window now. */
  readonly ready: number
}

export async function workOf(sql: Sql, backfillId: string): Promise<BackfillWork> {
  return only(
    await sql.query<BackfillWork>(
      `select count(*) filter (where ${windowState} = 'under way')::int as "underWay",
         count(*) filter (where ${windowState} = 'open' and a.enabled)::int as open,
         count(distinct a.id) filter (where ${windowState} = 'open' and ${isFree})::int as ready
       from backfill_windows w
       join accounts a on a.id = w.account_id join credentials c on c.id = a.credential_id
       left join syncs s on s.id = w.sync_id
       where w.backfill_id = $1`,
      [backfillId],
    ),
  )
}

/** Windows that ended as dead letters are to be read again. Returns how many. */
export async function reopenFailedWindows(sql: Sql, backfillId: string): Promise<number> {
  const { rowCount } = await sql.query(
    `update backfill_windows w set sync_id = null
     from syncs s where s.id = w.sync_id and w.backfill_id = $1 and ${windowState} = 'failed'`,
    [backfillId],
  )
  return rowCount
}

/** A backfill's window as a person sees it. */
export interface WindowRow {
  readonly client: string
  readonly account: string
  readonly days: DayWindow
  readonly state: 'open' | 'under way' | 'done' | 'failed'
  readonly syncId: string | null
  readonly reason: string | null
}

/** Windows that need a look, failed ones first, then those under way. */
export async function windowsToShow(sql: Sql, backfillId: string, limit: number): Promise<WindowRow[]> {
  const { rows } = await sql.query<WindowRow>(
    `select * from (
       select a.client_id as client, a.external_id as account, json_build_object('from', w.from_day, 'to', w.to_day) as days,
         ${windowState} as state, w.sync_id as "syncId",
         coalesce(s.error_code || ': ' || s.error_message, s.reason, c.parked_reason, a.parked_reason) as reason, w.id
       from backfill_windows w
       join accounts a on a.id = w.account_id join credentials c on c.id = a.credential_id
       left join syncs s on s.id = w.sync_id
       where w.backfill_id = $1
     ) shown
     where state in ('failed', 'under way') or reason is not null and state = 'open'
     order by state <> 'failed', state <> 'under way', id limit $2`,
    [backfillId, limit],
  )
  return rows.map(({ client, account, days, state, syncId, reason }) => ({
    client,
    account,
    days,
    state,
    syncId,
    reason,
  }))
}
