import type { DayWindow } from '../../src/job/streams'
import { addDays, addMonths, type LocalDay } from '../../src/lib/local-days'
import type { AdDaysCursor, AdDaysPosition } from './definition'

/** Days to read at once while the vendor does not object: a page or two for most accounts. */
const longestSpan = 31
const sweepEvery = 7
/** A week more than the vendor goes on restating: what it settles at the very end is met once more. */
const sweepBack = 35
const monthsKept = 37

export interface ReadingOptions {
  readonly cursor: AdDaysCursor | undefined
  /** Exactly these days, whatever the cursor says. */
  readonly days: DayWindow | undefined
  readonly today: LocalDay
  readonly now: Date
  readonly lookbackDays: number
  readonly firstLoadMonths: number
}

/** The days that bring an account up to date, oldest first. */
export function readingOf(options: ReadingOptions): AdDaysPosition {
  const { cursor, days, today, now } = options
  const isSweep = cursor !== undefined && isSweepDue(cursor, today)
  const window = days ?? { from: firstDay(options, isSweep), to: today }
  return {
    begun: now.toISOString(),
    since: window.from,
    from: window.from,
    to: window.to,
    span: longestSpan,
    // Once a week the shorter way is tried again.
    way: cursor && !isSweep ? cursor.way : 'call',
  }
}

function firstDay(
  { cursor, today, lookbackDays, firstLoadMonths }: ReadingOptions,
  isSweep: boolean,
): LocalDay {
  if (!cursor) return addMonths(today, -firstLoadMonths)
  const behind = addDays(cursor.through, -lookbackDays)
  const swept = isSweep ? addDays(today, -sweepBack) : behind
  const oldest = addDays(addMonths(today, -monthsKept), 1)
  return [behind, swept].reduce(earlier) > oldest ? [behind, swept].reduce(earlier) : oldest
}

const isSweepDue = ({ swept }: AdDaysCursor, today: LocalDay): boolean =>
  swept === null || addDays(swept, sweepEvery) <= today

/** The next days to read at once. */
export const sliceOf = ({ from, to, span }: AdDaysPosition): DayWindow => ({
  from,
  to: earlier(addDays(from, span - 1), to),
})

/** The reading after a slice is complete; null where that was the last one. */
export const readingAfter = (reading: AdDaysPosition, { to }: DayWindow): AdDaysPosition | null =>
  to < reading.to ? { ...reading, from: addDays(to, 1) } : null

/**
 * The reading after the vendor found a slice too large: half the days, and a report where a single day was too much for a
 * call. Undefined where a single day is too much for a report.
 */
export function smaller(reading: AdDaysPosition, slice: DayWindow): AdDaysPosition | undefined {
  const days = daysIn(slice)
  if (days > 1) return { ...reading, span: Math.ceil(days / 2) }
  return reading.way === 'call' ? { ...reading, way: 'report', span: longestSpan } : undefined
}

/** The cursor after a slice is complete. It never goes back: days behind it are read again only for what was restated. */
export function cursorAfter(
  cursor: AdDaysCursor | undefined,
  { since, to, way }: AdDaysPosition,
  slice: DayWindow,
): AdDaysCursor {
  const isSwept = slice.to === to && since <= addDays(to, -sweepBack)
  return {
    through: cursor && cursor.through > slice.to ? cursor.through : slice.to,
    swept: isSwept ? to : (cursor?.swept ?? null),
    way,
  }
}

const daysIn = ({ from, to }: DayWindow): number => (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1

const earlier = (a: LocalDay, b: LocalDay): LocalDay => (a < b ? a : b)
