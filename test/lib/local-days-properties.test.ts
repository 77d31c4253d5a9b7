import fc from 'fast-check'
import { hours } from '../../src/lib/durations'
import { addDays, addMonths, dayOf, endOfMonth, instantAt, startOfDay } from '../../src/lib/local-days'
import { daysAway, someDay } from '../support/some-days'
import { changesOf } from '../support/wall-clock'

/** Among them one whose clock is changed at midnight: a day begins at one, and another one has two midnights. */
const zones = [
  'America/Chicago',
  'America/New_York',
  'America/Phoenix',
  'Pacific/Honolulu',
  'America/St_Johns',
  'America/Havana',
  'Europe/Berlin',
  'Asia/Kolkata',
  'UTC',
]
const [from, to] = [Date.UTC(2026, 0, 1), Date.UTC(2028, 0, 1)]
const anywhere = fc.integer({ min: from, max: to })

/** Near a change of the zone's clock every other time, where it has any. */
const instantsOf = zones.map((timezone) => {
  const changes = changesOf(timezone, from, to)
  const near =
    changes.length === 0
      ? anywhere
      : fc
          .tuple(fc.constantFrom(...changes), fc.integer({ min: -hours(26), max: hours(26) }))
          .map(([change, away]) => change + away)
  return fc.oneof(anywhere, near).map((instant) => ({ timezone, instant: new Date(instant) }))
})
const zoneAndInstant = fc.oneof(...instantsOf)

const count = fc.integer({ min: -1500, max: 1500 })

describe('a day in any zone', () => {
  test('begins with its first instant, and every instant falls in one day', () => {
    fc.assert(
      fc.property(zoneAndInstant, ({ timezone, instant }) => {
        const day = dayOf(instant, timezone)
        const [start, next] = [startOfDay(day, timezone), startOfDay(daysAway(day, 1), timezone)]
        expect(start.getTime()).toBeLessThanOrEqual(instant.getTime())
        expect(next.getTime()).toBeGreaterThan(instant.getTime())
        expect(dayOf(start, timezone)).toBe(day)
        expect(dayOf(new Date(start.getTime() - 1), timezone)).toBe(daysAway(day, -1))
      }),
      { numRuns: 300 },
    )
  })

  test('never comes before the day of an earlier instant', () => {
    fc.assert(
      fc.property(zoneAndInstant, fc.nat({ max: hours(40) }), ({ timezone, instant }, later) => {
        const then = new Date(instant.getTime() + later)
        expect(dayOf(then, timezone) >= dayOf(instant, timezone)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  test('reads its times back as they were written, but for those that do not exist', () => {
    fc.assert(
      fc.property(zoneAndInstant, ({ timezone, instant }) => {
        const reading = readingOf(instant, timezone)
        const read = instantAt(reading, timezone)
        // What comes twice may be the other one, with the same reading.
        expect(read && readingOf(read, timezone)).toBe(reading)
      }),
      { numRuns: 300 },
    )
  })
})

describe('calendar arithmetic', () => {
  test('counts every day once, there and back', () => {
    fc.assert(
      fc.property(someDay, count, (day, days) => {
        expect(addDays(day, days)).toBe(daysAway(day, days))
        expect(addDays(addDays(day, days), -days)).toBe(day)
      }),
      { numRuns: 300 },
    )
  })

  test('keeps the day of the month, or takes the last one of a shorter month', () => {
    fc.assert(
      fc.property(someDay, fc.integer({ min: -60, max: 60 }), (day, months) => {
        const moved = addMonths(day, months)
        expect(monthsOf(moved)).toBe(monthsOf(day) + months)
        const isShorter = endOfMonth(moved).slice(8) < day.slice(8)
        expect(moved.slice(8)).toBe(isShorter ? endOfMonth(moved).slice(8) : day.slice(8))
      }),
      { numRuns: 300 },
    )
  })

  test('ends a month where the next day is a first', () => {
    fc.assert(
      fc.property(someDay, (day) => {
        const end = endOfMonth(day)
        expect(monthsOf(end)).toBe(monthsOf(day))
        expect(daysAway(end, 1).slice(8)).toBe('01')
      }),
      { numRuns: 300 },
    )
  })
})

const monthsOf = (day: string): number => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7))

const readingOf = (instant: Date, timezone: string): string =>
  instant.toLocaleString('sv-SE', { timeZone: timezone })
