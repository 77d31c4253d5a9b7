import fc from 'fast-check'
import type { DayWindow } from '../../src/job/streams'
import { days } from '../../src/lib/durations'
import type { LocalDay } from '../../src/lib/local-days'

const textOf = (instant: number): LocalDay => new Date(instant).toISOString().slice(0, 10)

/** A day of some years, leap years among them. */
export const someDay: fc.Arbitrary<LocalDay> = fc
  .integer({ min: Date.UTC(2023, 0, 1) / days(1), max: Date.UTC(2029, 11, 31) / days(1) })
  .map((number) => textOf(number * days(1)))

/** A day so many days away, reckoned without the calendar that is under test. */
export const daysAway = (day: LocalDay, count: number): LocalDay => textOf(Date.parse(day) + count * days(1))

/** Days from one to the other, both included, oldest first; none where the first is the later one. */
export function daysIn({ from, to }: DayWindow): LocalDay[] {
  const all: LocalDay[] = []
  for (let day = from; day <= to; day = daysAway(day, 1)) all.push(day)
  return all
}

/** Some days in a row. */
export const someWindow = (atMost: number): fc.Arbitrary<DayWindow> =>
  fc
    .tuple(someDay, fc.nat({ max: atMost - 1 }))
    .map(([from, further]) => ({ from, to: daysAway(from, further) }))
