import { DateTime } from 'luxon'
import { minutes } from '../../src/lib/durations'

/** A pattern with nothing but hours and minutes, as sets. */
export interface DailyPattern {
  readonly cron: string
  readonly hours: readonly number[]
  readonly minutes: readonly number[]
}

/** Offsets change on quarters of an hour everywhere. */
const quarter = 15

/**
 * Walks through time minute by minute with an eye on a zone's clocks: due is a minute whose reading is named and was not read
 * before; and, where the clocks jump, a minute that the clocks would have shown a named reading in had they not.
 */
export function dueByWalking(pattern: DailyPattern, timezone: string, after: Date, until: Date): Date[] {
  const isNamed = (reading: number): boolean => {
    const date = new Date(reading)
    return pattern.hours.includes(date.getUTCHours()) && pattern.minutes.includes(date.getUTCMinutes())
  }
  const due = new Set<number>()
  // A day earlier, to know what was read before.
  const start = Math.floor(after.getTime() / minutes(quarter)) * minutes(quarter) - minutes(24 * 60)
  let furthest = -Infinity
  for (let at = start; at <= until.getTime(); at += minutes(quarter)) {
    const { offset } = DateTime.fromMillis(at, { zone: timezone })
    for (let minute = 0; minute < quarter; minute += 1) {
      const now = at + minutes(minute)
      const reading = now + minutes(offset)
      const expected = furthest === -Infinity ? reading : furthest + minutes(1)
      for (let left = expected, later = now; left < reading; left += minutes(1), later += minutes(1))
        if (isNamed(left)) due.add(later)
      if (reading >= expected && isNamed(reading)) due.add(now)
      furthest = Math.max(furthest, reading)
    }
  }
  return [...due]
    .filter((instant) => instant > after.getTime() && instant <= until.getTime())
    .toSorted((a, b) => a - b)
    .map((instant) => new Date(instant))
}
