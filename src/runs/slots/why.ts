import type { Job } from '../../job/define-job'
import type { Counting, PastSchedule } from '../../ledger/slots/slot-history'
import type { Slot, SlotState } from '../../ledger/slots/slots'
import { instantsBetween, type Schedule } from '../../lib/cron'
import { minutes } from '../../lib/durations'
import { scheduleAhead } from './due-ahead'

/** What an instant has come to for a job. Every instant has exactly one of these. */
export type InstantOutcome =
  | Exclude<SlotState, 'due'>
  /** It was due, and nothing has become of it yet. */
  | 'due'
  /** The schedule did not name it. */
  | 'not-due'
  /** The schedule names it, and it is still to come. */
  | 'to-come'
  /** It is still to come, and the schedule does not name it. */
  | 'not-to-come'
  /** The ledger did not count the job's slots then. */
  | 'unknown'

/** Where a due slot's tick is; undefined where Redis could not be asked. */
export type TickState = 'pending' | 'none' | undefined

/** All that an answer is made of. */
export interface InstantFacts {
  readonly job: Job
  readonly asked: Date
  readonly counting: Counting
  /** Those of the job's slots that are in the instant's minute. */
  readonly slots: readonly Slot[]
  /** The due instants beside that minute that have slots. */
  readonly beside: { readonly before: Date | null; readonly after: Date | null }
}

/** Which slot a question is about, and what the schedule says of it. */
export interface Subject {
  /** The due instant in the minute that was asked for; null where there is none. */
  readonly dueAt: Date | null
  readonly slot: Slot | null
  /** By what the job's slots were, are or will be counted then; null where they were not. */
  readonly schedule: Schedule | PastSchedule | null
  /** How many others are due in the same minute. */
  readonly others: number
  readonly outcome: InstantOutcome
}

/** From the start of an instant's minute to just before its end. */
export function minuteOf(instant: Date): { readonly from: Date; readonly to: Date } {
  const from = Math.floor(instant.getTime() / minutes(1)) * minutes(1)
  return { from: new Date(from), to: new Date(from + minutes(1) - 1) }
}

/**
 * Finds the slot that an instant means: the last one that was due by then in the same minute, else the first one in it. So any
 * second of a minute means the slot of that minute, and where several fall into it, the one that it belongs to.
 */
export function subjectOf({ job, asked, counting, slots }: InstantFacts): Subject {
  const { from, to } = minuteOf(asked)
  const schedule = scheduleAt(job, asked, counting)
  const named = schedule
    ? instantsBetween(schedule, new Date(from.getTime() - 1), to, Infinity).filter((instant) =>
        isCounted(schedule, instant),
      )
    : []
  const all = [...new Set([...named, ...slots.map(({ dueAt }) => dueAt)].map(Number))].toSorted(
    (a, b) => a - b,
  )
  const chosen = all.findLast((instant) => instant <= asked.getTime()) ?? all[0]
  const slot = slots.find(({ dueAt }) => dueAt.getTime() === chosen) ?? null
  return {
    dueAt: chosen === undefined ? null : new Date(chosen),
    slot,
    schedule,
    others: Math.max(0, all.length - 1),
    outcome: outcomeOf(slot, chosen ?? asked.getTime(), chosen !== undefined, schedule, counting),
  }
}

function outcomeOf(
  slot: Slot | null,
  at: number,
  isDue: boolean,
  schedule: Schedule | null,
  { now, checkedUntil }: Counting,
): InstantOutcome {
  if (slot) return slot.state
  if (at > now.getTime()) return isDue ? 'to-come' : 'not-to-come'
  if (!schedule) return 'unknown'
  if (!isDue) return 'not-due'
  // What was counted has had its slot.
  return checkedUntil && at <= checkedUntil.getTime() ? 'unknown' : 'due'
}

/** The schedule in force at an instant: what was counted by, and from now on what the job goes by as things stand. */
export function scheduleAt(job: Job, instant: Date, counting: Counting): Schedule | PastSchedule | null {
  if (instant > counting.now) return scheduleAhead(job, instant)
  return counting.schedules.findLast(({ since }) => since < instant) ?? null
}

const isCounted = (schedule: Schedule | PastSchedule, instant: Date): boolean =>
  !('since' in schedule) ||
  (instant > schedule.since && (schedule.until === null || instant <= schedule.until))
