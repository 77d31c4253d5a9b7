import type { DayWindow } from '../../src/job/streams'
import { addDays, addMonths, type LocalDay } from '../../src/lib/local-days'
import { longestSlice, type DaysCursor, type DaysPosition } from './definition'

/** Google keeps daily figures for so many months. */
const keptMonths = 37
const sweepEvery = 7

export interface Plan extends DayWindow {
  /** Once it is read to its end, everything is as new as a sweep makes it. */
  readonly sweeps: boolean
  /** Days to ask for at once. */
  readonly slice: number
}

export interface PlanOptions {
  readonly cursor: DaysCursor | undefined
  readonly position: DaysPosition | undefined
  /** Only these, whatever the cursor says. */
  readonly days: DayWindow | undefined
  readonly today: LocalDay
  readonly settings: {
    readonly lookback_days: number
    readonly sweep_days: number
    readonly first_load_months: number
  }
}

/** The days that bring a stream up to date; undefined where Google keeps none of those that were asked for. */
export function planOf({ cursor, position, days, today, settings }: PlanOptions): Plan | undefined {
  const oldest = addMonths(today, -keptMonths)
  const plan = days
    ? { from: days.from, to: earliest(days.to, today), sweeps: false, slice: longestSlice }
    : livePlan(cursor, today, settings)
  // An older day would come back empty, and what is held of it would be taken for withdrawn.
  const from = plan.from < oldest ? oldest : plan.from
  return from <= plan.to ? resumed({ ...plan, from }, position, today) : undefined
}

/** Goes on with a reading that was begun, unless that is so long ago that its first days are out of date. */
function resumed(plan: Plan, position: DaysPosition | undefined, today: LocalDay): Plan {
  if (!position || position.begun < addDays(today, -1)) return plan
  const { from, slice, sweeps } = position
  return from >= plan.from && from <= plan.to ? { ...plan, from, slice, sweeps } : plan
}

function livePlan(
  cursor: DaysCursor | undefined,
  today: LocalDay,
  { lookback_days, sweep_days, first_load_months }: PlanOptions['settings'],
): Plan {
  // Twice what went well last time: an account that once was too much for Google at its worst hour is not so for ever.
  const slice = Math.min(longestSlice, (cursor?.slice ?? longestSlice) * 2)
  if (!cursor || cursor.swept === null) {
    const from = cursor ? addDays(cursor.through, 1) : addMonths(today, -first_load_months)
    return { from: earliest(from, today), to: today, sweeps: true, slice }
  }
  // Behind what was read last, not behind today: after a long pause those days have still to settle.
  const lookedBack = addDays(earliest(cursor.through, today), -lookback_days)
  const sweeps = addDays(cursor.swept, sweepEvery) <= today
  const from = sweeps ? earliest(lookedBack, addDays(today, -sweep_days)) : lookedBack
  return { from, to: today, sweeps, slice }
}

/** The cursor once a slice of a plan is written whole. */
export function cursorAfter(
  { to }: DayWindow,
  slice: number,
  { cursor, plan }: { cursor: DaysCursor | undefined; plan: Plan },
): DaysCursor {
  const known = cursor?.through ?? to
  const isSwept = plan.sweeps && to >= plan.to
  return { through: known > to ? known : to, swept: isSwept ? plan.to : (cursor?.swept ?? null), slice }
}

const earliest = (a: LocalDay, b: LocalDay): LocalDay => (a < b ? a : b)
