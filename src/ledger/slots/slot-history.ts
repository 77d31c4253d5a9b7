import type { Schedule } from '../../lib/cron'
import type { Sql } from '../../lib/sql'
import type { RunKind, RunState } from '../work/runs'
import type { Slot } from './slots'

/** A slot and how its run stands, for lists. */
export interface SlotOutcome extends Omit<Slot, 'late'> {
  /** Null where the slot has no run. */
  readonly run: {
    readonly kind: RunKind
    readonly state: RunState
    readonly startedAt: Date
    /** Accounts, and those of them that ended well. */
    readonly syncs: number
    readonly ok: number
  } | null
}

/** A job's slots, newest first; `from` and `to` are included. */
export async function slotHistory(
  sql: Sql,
  query: { readonly job: string; readonly from?: Date; readonly to?: Date; readonly limit: number },
): Promise<SlotOutcome[]> {
  const { rows } = await sql.query<Row>(
    `select slot.*, run.kind, run.state as "runState", run.started_at as "startedAt", total.*
     from (
       select id, job, due_at as "dueAt", state, reason, run_id as "runId", settled_at as "settledAt" from slots
       where job = $1 and ($2::timestamptz is null or due_at >= $2) and ($3::timestamptz is null or due_at <= $3)
       order by due_at desc limit $4
     ) slot
     left join runs run on run.id = slot."runId"
     left join lateral (
       select count(*)::int as syncs, count(*) filter (where state = 'ok')::int as ok from syncs where run_id = run.id
     ) total on true
     order by slot."dueAt" desc`,
    [query.job, query.from ?? null, query.to ?? null, query.limit],
  )
  return rows.map(({ kind, runState, startedAt, syncs, ok, ...slot }) => ({
    ...slot,
    run: kind && runState && startedAt ? { kind, state: runState, startedAt, syncs, ok } : null,
  }))
}

/** A slot with the columns of its run, or with nulls for them. */
type Row = Omit<SlotOutcome, 'run'> & {
  readonly kind: RunKind | null
  readonly runState: RunState | null
  readonly startedAt: Date | null
  readonly syncs: number
  readonly ok: number
}

/** A schedule that a job's due instants were counted by: those after `since` and, unless it still counts, up to `until`. */
export interface PastSchedule extends Schedule {
  readonly since: Date
  readonly until: Date | null
}

/** The schedules that a job's slots were counted by, oldest first, and how far that has got. */
export interface Counting {
  /** Postgres' clock. */
  readonly now: Date
  /** Every due instant up to here has a slot; null for a job that was never counted. */
  readonly checkedUntil: Date | null
  readonly schedules: readonly PastSchedule[]
}

export async function countingOf(sql: Sql, job: string): Promise<Counting> {
  const { rows: clocks } = await sql.query<{ now: Date; checkedUntil: Date | null }>(
    `select clock_timestamp() as now, (select checked_until from schedules where job = $1) as "checkedUntil"`,
    [job],
  )
  const { rows: schedules } = await sql.query<PastSchedule>(
    `select cron, timezone, since, lead(since) over (order by since) as until from schedule_history
     where job = $1 order by since`,
    [job],
  )
  const [clock] = clocks
  return { now: clock?.now ?? new Date(), checkedUntil: clock?.checkedUntil ?? null, schedules }
}

/** The due instants of a job's slots that are next to a span of time: before `from`, and after `to`. */
export async function slotsBeside(
  sql: Sql,
  job: string,
  from: Date,
  to: Date,
): Promise<{ readonly before: Date | null; readonly after: Date | null }> {
  const { rows } = await sql.query<{ before: Date | null; after: Date | null }>(
    `select (select max(due_at) from slots where job = $1 and due_at < $2) as before,
       (select min(due_at) from slots where job = $1 and due_at > $3) as after`,
    [job, from, to],
  )
  return rows[0] ?? { before: null, after: null }
}
