import fc from 'fast-check'
import { instantsBetween, nextInstant } from '../../src/lib/cron'
import { hours, minutes, seconds } from '../../src/lib/durations'
import { dayOf } from '../../src/lib/local-days'
import { changesOf, dueByWallClock, type WallPattern } from '../support/wall-clock'

/** Those of the demo's dealers and of the jobs, and some whose clocks change otherwise. */
const zones = [
  'America/Anchorage',
  'America/Boise',
  'America/Chicago',
  'America/Denver',
  'America/Detroit',
  'America/Kentucky/Louisville',
  'America/Los_Angeles',
  'America/New_York',
  'America/Phoenix',
  'America/Toronto',
  'Pacific/Honolulu',
  'UTC',
  'America/St_Johns',
  'Europe/Berlin',
  'Asia/Kolkata',
  'Pacific/Auckland',
]

const [firstDay, lastDay] = [Date.UTC(2026, 0, 1), Date.UTC(2028, 11, 31)]

/** A field of a pattern and the values that it means. */
type Field = readonly [text: string, values: readonly number[]]

const range = (from: number, to: number, step = 1): number[] =>
  Array.from({ length: Math.floor((to - from) / step) + 1 }, (_, index) => from + index * step)

const listed = (from: number, to: number): fc.Arbitrary<Field> =>
  fc
    .uniqueArray(fc.integer({ min: from, max: to }), { minLength: 1, maxLength: 4 })
    .map((values) => [values.toSorted((a, b) => a - b).join(','), values])

const spanned = (from: number, to: number): fc.Arbitrary<Field> =>
  fc
    .tuple(fc.integer({ min: from, max: to }), fc.integer({ min: from, max: to }))
    .map(([a, b]): readonly [number, number] => (a < b ? [a, b] : [b, a]))
    .filter(([a, b]) => a < b)
    .map(([a, b]) => [`${a}-${b}`, range(a, b)])

const stepped = (from: number, to: number): fc.Arbitrary<Field> =>
  fc.integer({ min: 2, max: Math.ceil((to - from) / 2) }).map((step) => [`*/${step}`, range(from, to, step)])

const every = (from: number, to: number): fc.Arbitrary<Field> => fc.constant(['*', range(from, to)])

const dayFields = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ dayOfMonth: '*', weekday: '*', isDay: () => true }) },
  listed(0, 6).map(([weekday, values]) => ({
    dayOfMonth: '*',
    weekday,
    isDay: (_: number, of: number) => values.includes(of),
  })),
  listed(1, 28).map(([dayOfMonth, values]) => ({
    dayOfMonth,
    weekday: '*',
    isDay: (of: number) => values.includes(of),
  })),
)

/** Seconds and minutes. Where both are many, a day is too long to look through. */
const inHour: fc.Arbitrary<readonly [Field | undefined, Field]> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(
      fc.constant(undefined),
      fc.oneof(listed(0, 59), listed(0, 59), stepped(0, 59), spanned(0, 59)),
    ),
  },
  { weight: 1, arbitrary: fc.tuple(listed(0, 59), listed(0, 59)) },
)

const pattern: fc.Arbitrary<WallPattern> = fc
  .tuple(
    inHour,
    fc.oneof(listed(0, 5), listed(0, 23), stepped(0, 23), spanned(0, 23), every(0, 23)),
    dayFields,
  )
  .map(([[second, minute], hour, { dayOfMonth, weekday, isDay }]) => ({
    cron: [...(second ? [second[0]] : []), minute[0], hour[0], dayOfMonth, '*', weekday].join(' '),
    seconds: new Set(second?.[1] ?? [0]),
    minutes: new Set(minute[1]),
    hours: new Set(hour[1]),
    isDay,
  }))

const anywhere = fc.integer({ min: firstDay, max: lastDay })

/** A span of up to a day in a zone: around a change of its clock more often than not, where it has any. */
const stretch = fc.oneof(
  ...zones.map((timezone) => {
    const changes = changesOf(timezone, firstDay, lastDay)
    const middle =
      changes.length === 0
        ? anywhere
        : fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...changes) }, { weight: 1, arbitrary: anywhere })
    const away = fc.integer({ min: 0, max: hours(12) })
    return fc.tuple(middle, away, away).map(([instant, before, after]) => ({
      timezone,
      start: instant - before,
      end: instant + after,
    }))
  }),
)

const between = (schedule: { cron: string; timezone: string }, start: number, end: number): number[] =>
  instantsBetween(schedule, new Date(start), new Date(end), Infinity).map(Number)

const named = (instants: readonly number[]): string[] =>
  instants.map((instant) => new Date(instant).toISOString())

describe('the due instants of any pattern in any zone', () => {
  test('are those of the clock on the wall: none is lost in a gap, none doubled in a fold', () => {
    fc.assert(
      fc.property(pattern, stretch, (wall, { timezone, start, end }) => {
        const { cron } = wall
        expect(named(between({ cron, timezone }, start, end))).toEqual(
          named(dueByWallClock(wall, timezone, start, end)),
        )
      }),
      { numRuns: 60 },
    )
  })

  test('are the same wherever the span is split, and strictly later one than the other', () => {
    fc.assert(
      fc.property(
        pattern,
        stretch,
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 }),
        ({ cron }, { timezone, start, end }, cuts) => {
          const schedule = { cron, timezone }
          const whole = between(schedule, start, end)
          const edges = [start, ...cuts.toSorted((a, b) => a - b).map((cut) => at(cut, start, end)), end]
          const parts = edges.slice(1).flatMap((until, index) => between(schedule, edges[index] ?? 0, until))
          expect(named(parts)).toEqual(named(whole))
          expect(new Set(whole).size).toBe(whole.length)
          expect(whole).toEqual(whole.toSorted((a, b) => a - b))
        },
      ),
      { numRuns: 40 },
    )
  })

  test('follow one another as the next instant does, from wherever it is asked', () => {
    fc.assert(
      fc.property(
        pattern,
        stretch,
        fc.double({ min: 0, max: 1, noNaN: true }),
        ({ cron }, { timezone, start, end }, where) => {
          const schedule = { cron, timezone }
          const whole = between(schedule, start, end)
          const from = at(where, start, end)
          const next = whole.find((instant) => instant > from)
          const found = nextInstant(schedule, new Date(from)).getTime()
          expect(next === undefined ? found > end : found === next).toBe(true)
        },
      ),
      { numRuns: 60 },
    )
  })

  test('stop at any limit with the oldest', () => {
    fc.assert(
      fc.property(pattern, stretch, fc.nat({ max: 30 }), ({ cron }, { timezone, start, end }, limit) => {
        const [after, until] = [new Date(start), new Date(start + (end - start) / 4)]
        const all = instantsBetween({ cron, timezone }, after, until, Infinity)
        expect(instantsBetween({ cron, timezone }, after, until, limit)).toEqual(all.slice(0, limit))
      }),
      { numRuns: 30 },
    )
  })
})

const at = (part: number, start: number, end: number): number => Math.floor(start + part * (end - start))

const changing = zones
  .map((timezone) => ({ timezone, changes: changesOf(timezone, Date.UTC(2026, 0, 1), Date.UTC(2027, 0, 1)) }))
  .filter(({ changes }) => changes.length > 0)

describe.each(changing)('a day of $timezone whose clock changes', ({ timezone, changes }) => {
  test('has every quarter of an hour that passes once', () => {
    for (const change of changes) {
      const [start, end] = [change - hours(30), change + hours(30)]
      const quarters = between({ cron: '*/15 * * * *', timezone }, start, end)
      expect(quarters).toHaveLength(hours(60) / minutes(15))
      for (const [index, instant] of quarters.entries())
        expect(instant).toBe((quarters[0] ?? 0) + index * minutes(15))
    }
  })

  test('names each time of night once, also one that is left out or comes twice', () => {
    for (const change of changes) {
      const [first, last] = [-2, 2].map((count) => dayOf(new Date(change + count * hours(24)), timezone))
      for (let minute = 0; minute < 5 * 60; minute += 30) {
        const cron = `${minute % 60} ${Math.floor(minute / 60)} * * *`
        const days = between({ cron, timezone }, change - hours(75), change + hours(75))
          .map((instant) => dayOf(new Date(instant), timezone))
          .filter((day) => day >= (first ?? '') && day <= (last ?? ''))
        expect([cron, new Set(days).size, days.length]).toEqual([cron, 5, 5])
      }
    }
  })

  test('loses no second of a pattern that is due every few', () => {
    for (const change of changes) {
      const instants = between({ cron: '*/20 * * * * *', timezone }, change - minutes(5), change + minutes(5))
      expect(instants).toHaveLength(minutes(10) / seconds(20))
    }
  })
})
