import { DateTime } from 'luxon'

/** A calendar day without a zone: `2026-03-08`. Compares and sorts as text. */
export type LocalDay = string

/** The calendar day that an instant falls on in a zone. */
export function dayOf(instant: Date, timezone: string): LocalDay {
  return DateTime.fromJSDate(instant, { zone: timezone }).toFormat('yyyy-MM-dd')
}

/** The first instant of a day in a zone, also where a change of clocks leaves it without a midnight, or with two. */
export function startOfDay(day: LocalDay, timezone: string): Date {
  const midnight = DateTime.fromISO(day, { zone: timezone }).startOf('day')
  const [first = midnight] = midnight.getPossibleOffsets()
  return first.toJSDate()
}

/**
 * The instant of a zone's local time, `2026-03-08 09:30:00`; undefined for what is no such time. One that a change of clocks
 * leaves out is taken for the one an hour later.
 */
export function instantAt(localTime: string, timezone: string): Date | undefined {
  const time = DateTime.fromFormat(localTime, 'yyyy-MM-dd HH:mm:ss', { zone: timezone })
  return time.isValid ? time.toJSDate() : undefined
}

/** Calendar arithmetic, so a day of 23 or 25 hours is one day like any other. */
export function addDays(day: LocalDay, count: number): LocalDay {
  return DateTime.fromISO(day, { zone: 'utc' }).plus({ days: count }).toFormat('yyyy-MM-dd')
}

/** The same day some months away, or the last day of that month where it is shorter. */
export function addMonths(day: LocalDay, count: number): LocalDay {
  return DateTime.fromISO(day, { zone: 'utc' }).plus({ months: count }).toFormat('yyyy-MM-dd')
}

/** The last day of a day's month. */
export function endOfMonth(day: LocalDay): LocalDay {
  return DateTime.fromISO(day, { zone: 'utc' }).endOf('month').toFormat('yyyy-MM-dd')
}

/** True for the name of an IANA time zone that this runtime knows. Fixed offsets are not zones. */
export function isTimezone(name: string): boolean {
  return (name === 'UTC' || name.includes('/')) && DateTime.utc().setZone(name).isValid
}
