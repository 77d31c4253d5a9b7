import type { Schedule } from '../../lib/cron'
import { only, type Sql } from '../../lib/sql'
import { slotPauseInWords } from '../control/pause-sql'

export type SlotState = 'due' | 'ran' | 'skipped' | 'paused' | 'off' | 'expired' | 'missed'

/** One due instant of a job's schedule. */
export interface Slot {
  readonly id: string
  readonly job: string
  readonly dueAt: Date
  readonly state: SlotState
  readonly reason: string | null
  readonly runId: string | null
  readonly settledAt: Date | null
  /** Milliseconds since it was due, by Postgres' clock; negative for one to come. */
  readonly late: number
}

const columns = `id, job, due_at as "dueAt", state, reason, run_id as "runId", settled_at as "settledAt",
  extract(epoch from clock_timestamp() - due_at)::float8 * 1000 as late`

/** What is said of the pause that keeps a slot from running; null where none does. */
export interface Pausable {
  readonly paused: string | null
}

/** The slot of an instant, made if there is none, and locked until the transaction ends. */
export async function lockSlot(sql: Sql, job: string, dueAt: Date): Promise<Slot & Pausable> {
  await sql.query('insert into slots (job, due_at) values ($1, $2) on conflict do nothing', [job, dueAt])
  return only(
    await sql.query<Slot & Pausable>(
      `select ${columns}, ${slotPauseInWords} as paused from slots where job = $1 and due_at = $2 for no key update`,
      [job, dueAt],
    ),
  )
}

/** Gives a due slot its one outcome. False where it has one already. */
export async function settleSlot(
  sql: Sql,
  slotId: string,
  outcome:
    | { readonly state: Exclude<SlotState, 'due' | 'ran'>; readonly reason: string }
    | { readonly state: 'ran'; readonly runId: string },
): Promise<boolean> {
  const { rowCount } = await sql.query(
    `update slots set state = $2, reason = $3, run_id = $4, settled_at = clock_timestamp()
     where id = $1 and state = 'due'`,
    [
      slotId,
      outcome.state,
      outcome.state === 'ran' ? null : outcome.reason,
      outcome.state === 'ran' ? outcome.runId : null,
    ],
  )
  return rowCount === 1
}

/** Slots of a job that have no outcome although they were due at least `age` milliseconds ago, oldest first. */
export async function openSlots(sql: Sql, job: string, age: number): Promise<Slot[]> {
  const { rows } = await sql.query<Slot>(
    `select ${columns} from slots
     where job = $1 and state = 'due' and due_at <= clock_timestamp() - $2 * interval '1 millisecond'
     order by due_at`,
    [job, age],
  )
  return rows
}

/** A due slot that nobody ran, and the first run over all accounts of its job that started later, if any. */
export interface UnrunSlot extends Pick<Slot, 'id' | 'dueAt' | 'late'>, Pausable {
  readonly coveredBy: string | null
}

/** Those of the slots that are still due, oldest first, locked until the transaction ends. */
export async function lockUnrunSlots(sql: Sql, slotIds: readonly string[]): Promise<UnrunSlot[]> {
  await sql.query(
    `select 1 from slots where id = any ($1::bigint[]) and state = 'due' order by due_at for no key update`,
    [slotIds],
  )
  // Counted in a statement of its own: it sees what was done by whoever held the locks before.
  const { rows } = await sql.query<UnrunSlot>(
    `select ${columns}, ${slotPauseInWords} as paused, (
       select r.id from runs r
       where r.job = slots.job and r.started_at >= slots.due_at and r.kind in ('slot', 'catch-up')
       order by r.started_at limit 1) as "coveredBy"
     from slots where id = any ($1::bigint[]) and state = 'due' order by due_at`,
    [slotIds],
  )
  return rows
}

/** A job's slots due from one instant to another, both included, oldest first. */
export async function slotsBetween(sql: Sql, job: string, from: Date, to: Date): Promise<Slot[]> {
  const { rows } = await sql.query<Slot>(
    `select ${columns} from slots where job = $1 and due_at between $2 and $3 order by due_at`,
    [job, from, to],
  )
  return rows
}

/** True for a job whose due instants have been counted before. */
export async function isCounted(sql: Sql, job: string): Promise<boolean> {
  return (await sql.query('select 1 from schedules where job = $1', [job])).rowCount > 0
}

/** What the slots of a job are counted by, and up to when they all have rows. */
export interface CountedSchedule extends Schedule {
  readonly checkedUntil: Date
  /** Postgres' clock. */
  readonly now: Date
}

/** The schedule that a job's slots are counted by, locked until the transaction ends; made, counting from now, where there is none. */
export async function lockSchedule(sql: Sql, job: string, declared: Schedule): Promise<CountedSchedule> {
  await sql.query(
    `insert into schedules (job, cron, timezone, checked_until) values ($1, $2, $3, clock_timestamp())
     on conflict do nothing`,
    [job, declared.cron, declared.timezone],
  )
  return only(
    await sql.query<CountedSchedule>(
      `select cron, timezone, checked_until as "checkedUntil", clock_timestamp() as now
       from schedules where job = $1 for no key update`,
      [job],
    ),
  )
}

/** Records due instants and that there are no others up to `until`; `schedule` counts from there on. */
export async function recordDue(
  sql: Sql,
  job: string,
  instants: readonly Date[],
  until: Date,
  schedule: Schedule,
): Promise<void> {
  await sql.query(
    'insert into slots (job, due_at) select $1, due_at from unnest($2::timestamptz[]) due_at on conflict do nothing',
    [job, instants],
  )
  await sql.query(
    `update schedules set checked_until = $2, cron = $3, timezone = $4,
       changed_at = case when (cron, timezone) = ($3, $4) then changed_at else clock_timestamp() end
     where job = $1`,
    [job, until, schedule.cron, schedule.timezone],
  )
}
