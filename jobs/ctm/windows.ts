import { days } from '../../src/lib/durations'
import { addDays, addMonths, dayOf, endOfMonth, type LocalDay } from '../../src/lib/local-days'
import type { CallsCursor } from './definition'

/** Days to read, both included, in the account's zone. */
export interface DayRange {
  readonly from: LocalDay
  readonly to: LocalDay
}

/** New days up to this many are read at once; more of them month by month, so that each month moves the cursor. */
const longestWindow = 35
const sweepEvery = 7
const sweepBack = 30

export interface WindowsOptions {
  readonly cursor: CallsCursor | undefined
  readonly today: LocalDay
  readonly timezone: string
  /** How far to read back behind the latest call, in milliseconds. */
  readonly overlap: number
  readonly firstLoadMonths: number
}

/** The windows that bring an account up to date, oldest first. One suffices unless more than a month is new. */
export function windowsOf({ cursor, today, timezone, overlap, firstLoadMonths }: WindowsOptions): DayRange[] {
  const to = lastDay(today)
  if (!cursor) return sliced(addMonths(today, -firstLoadMonths), undefined, to)
  const newest = cursor.newest ? new Date(cursor.newest) : undefined
  const behindNewest = newest ? dayOf(new Date(newest.getTime() - overlap), timezone) : cursor.through
  const behindThrough = addDays(cursor.through, -Math.ceil(overlap / days(1)))
  const sweep = isSweepDue(cursor, today) ? addDays(today, -sweepBack) : today
  return sliced(earliest(behindNewest, behindThrough, sweep), cursor.through, to)
}

/** A day more than there can be: whatever the vendor makes of the end of a day, today is inside. */
export const lastDay = (today: LocalDay): LocalDay => addDays(today, 1)

/** The cursor after every page of a window has been written. */
export function cursorAfter(
  { from, to }: DayRange,
  newest: string | null,
  { cursor, today }: Pick<WindowsOptions, 'cursor' | 'today'>,
): CallsCursor {
  const isUpToDate = to > today
  const isSwept = isUpToDate && (!cursor?.swept || from <= addDays(today, -sweepBack))
  return {
    newest: latest(cursor?.newest ?? null, newest),
    through: isUpToDate ? today : to,
    swept: isSwept ? today : (cursor?.swept ?? null),
  }
}

/** Calls are edited weeks later, too: once a week everything recent is read again. */
function isSweepDue({ swept }: CallsCursor, today: LocalDay): boolean {
  return swept !== null && addDays(swept, sweepEvery) <= today
}

/** `known` days hold little that is new, so they never make a window of their own. */
function sliced(from: LocalDay, known: LocalDay | undefined, to: LocalDay): DayRange[] {
  const windows: DayRange[] = []
  for (let start = from; start <= to;) {
    const fresh = known !== undefined && known > start ? known : start
    const end = addDays(fresh, longestWindow) >= to ? to : endOfMonth(fresh)
    windows.push({ from: start, to: end })
    start = addDays(end, 1)
  }
  return windows
}

const earliest = (...of: LocalDay[]): LocalDay => of.reduce((a, b) => (b < a ? b : a))

/** The later of two instants as ISO text in UTC, which sorts as time does. */
export function latest(a: string | null, b: string | null): string | null {
  if (a === null || b === null) return a ?? b
  return a > b ? a : b
}
