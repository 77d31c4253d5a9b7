import type { DayWindow } from '../../job/streams'
import { only, type Sql } from '../../lib/sql'
import { isPaused } from '../control/pause-sql'
import type { RunMode } from '../work/runs'

export type BackfillState = 'running' | 'paused' | 'done' | 'cancelled'

/** Days of a job that somebody asked to be read again. */
export interface Backfill {
  readonly id: string
  readonly job: string
  readonly mode: RunMode
  readonly days: DayWindow
  /** Null means all streams of the job. */
  readonly streams: readonly string[] | null
  readonly estimatedCalls: number
  readonly state: BackfillState
  /** Only these accounts were asked for; null means all that were enabled. */
  readonly accountIds: readonly string[] | null
  readonly requestedBy: string
  readonly reason: string | null
  readonly createdAt: Date
  readonly settledAt: Date | null
}

/** How far a backfill is. Windows are of one account each. */
export interface BackfillProgress {
  readonly windows: number
  readonly done: number
  /** Dead letters. */
  readonly failed: number
  /** With a sync that waits or runs. */
  readonly underWay: number
  readonly accounts: number
  /** Accounts with a window to read that are paused, parked, disabled or told to wait. */
  readonly held: number
  /** Rows inserted, updated or removed. */
  readonly rows: number
  /** When its first sync began; null before. */
  readonly startedAt: Date | null
}

export type BackfillRow = Backfill & BackfillProgress

const columns = `b.id, b.job, b.mode, json_build_object('from', b.from_day, 'to', b.to_day) as days, b.streams,
  b.accounts::text[] as "accountIds",
  b.estimated_calls::float8 as "estimatedCalls", b.state, b.requested_by as "requestedBy", b.reason,
  b.created_at as "createdAt", b.settled_at as "settledAt"`

/** What a sync says of the window that it took on last. Everything else leaves the window to be read. */
export const windowState = `case
    when s.state = 'ok' then 'done'
    when s.state in ('failed', 'superseded') then 'failed'
    when s.state in ('waiting', 'running') then 'under way'
    else 'open' end`

export interface NewBackfill {
  readonly job: string
  readonly mode: RunMode
  readonly days: DayWindow
  readonly streams: readonly string[] | null
  /** Whose windows are read. */
  readonly accountIds: readonly string[]
  /** Those that were asked for; absent where all were. */
  readonly accounts?: readonly string[]
  /** In the order in which they are read. */
  readonly windows: readonly DayWindow[]
  readonly estimatedCalls: number
  readonly requestedBy: string
  readonly reason?: string
  /** Names the request for good: no other backfill can have it. */
  readonly requestKey?: string
}

/** Writes a backfill down with every window of every account. The leading scheduler plans its runs. */
export async function insertBackfill(sql: Sql, backfill: NewBackfill): Promise<string> {
  const { id } = only(
    await sql.query<{ id: string }>(
      `insert into backfills (job, mode, from_day, to_day, streams, estimated_calls, requested_by, reason, accounts, request_key)
       values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning id`,
      [
        backfill.job,
        backfill.mode,
        backfill.days.from,
        backfill.days.to,
        backfill.streams,
        backfill.estimatedCalls,
        backfill.requestedBy,
        backfill.reason ?? null,
        backfill.accounts ?? null,
        backfill.requestKey ?? null,
      ],
    ),
  )
  await sql.query(
    `insert into backfill_windows (backfill_id, account_id, number, from_day, to_day)
     select $1, account_id, number, from_day, to_day
     from unnest($2::bigint[]) account_id,
       unnest($3::date[], $4::date[]) with ordinality as days (from_day, to_day, number)`,
    [id, backfill.accountIds, backfill.windows.map(({ from }) => from), backfill.windows.map(({ to }) => to)],
  )
  return id
}

/** Backfills with how far they are, latest first; `before` is a backfill's id to page on from. */
export async function listBackfills(
  sql: Sql,
  query: { readonly id?: string; readonly job?: string; readonly before?: string; readonly limit: number },
): Promise<BackfillRow[]> {
  const { rows } = await sql.query<BackfillRow>(
    `select ${columns}, progress.*
     from backfills b
     cross join lateral (
       select count(*)::int as windows, count(distinct w.account_id)::int as accounts,
         count(*) filter (where ${windowState} = 'done')::int as done,
         count(*) filter (where ${windowState} = 'failed')::int as failed,
         count(*) filter (where ${windowState} = 'under way')::int as "underWay",
         count(distinct w.account_id) filter (where ${windowState} = 'open' and
           (not a.enabled or ${isPaused('a')} or a.parked_at is not null or c.parked_at is not null
            or greatest(a.not_before, w.not_before) > clock_timestamp()))::int as held,
         coalesce(sum(s.inserted + s.updated + s.removed), 0)::float8 as rows, min(s.started_at) as "startedAt"
       from backfill_windows w join accounts a on a.id = w.account_id join credentials c on c.id = a.credential_id
       left join syncs s on s.id = w.sync_id
       where w.backfill_id = b.id
     ) progress
     where ($1::bigint is null or b.id = $1) and ($2::text is null or b.job = $2) and ($4::bigint is null or b.id < $4)
     order by b.id desc limit $3`,
    [query.id ?? null, query.job ?? null, query.limit, query.before ?? null],
  )
  return rows
}

export async function findBackfill(sql: Sql, id: string): Promise<Backfill | undefined> {
  const { rows } = await sql.query<Backfill>(`select ${columns} from backfills b where id = $1`, [id])
  return rows[0]
}

/** The backfill that a request key stands for. */
export async function findRequestedBackfill(sql: Sql, requestKey: string): Promise<Backfill | undefined> {
  const { rows } = await sql.query<Backfill>(`select ${columns} from backfills b where request_key = $1`, [
    requestKey,
  ])
  return rows[0]
}

/** How many accounts a backfill has windows of. */
export async function windowedAccounts(sql: Sql, id: string): Promise<number> {
  const { count } = only(
    await sql.query<{ count: number }>(
      'select count(distinct account_id)::int as count from backfill_windows where backfill_id = $1',
      [id],
    ),
  )
  return count
}

/** A backfill, locked until the transaction ends: before accounts, runs and syncs. */
export async function lockBackfill(sql: Sql, id: string): Promise<Backfill | undefined> {
  const { rows } = await sql.query<Backfill>(
    `select ${columns} from backfills b where id = $1 for no key update`,
    [id],
  )
  return rows[0]
}

export async function runningBackfills(sql: Sql): Promise<{ readonly id: string; readonly job: string }[]> {
  const { rows } = await sql.query<{ id: string; job: string }>(
    `select id, job from backfills where state = 'running' order by id`,
  )
  return rows
}

export async function changeBackfillState(sql: Sql, id: string, state: BackfillState): Promise<void> {
  await sql.query(
    `update backfills set state = $2,
       settled_at = case when $2 in ('done', 'cancelled') then clock_timestamp() end
     where id = $1`,
    [id, state],
  )
}
