import fc from 'fast-check'
import { askable, halvesOf, planOf, planOfDays, type PlanOptions } from '../../jobs/cdk/plan'
import type { Extract, Through } from '../../jobs/cdk/progress'
import { hours, minutes, seconds } from '../../src/lib/durations'
import { addMonths } from '../../src/lib/local-days'
import { daysAway, daysIn, someDay, someWindow } from '../support/some-days'

const department = 'D1'
const second = fc.nat({ max: 86_399 }).map((of) => of * seconds(1))

const options: fc.Arbitrary<PlanOptions> = fc.tuple(someDay, second).chain(([day, time]) =>
  fc.record({
    resource: fc.constantFrom<PlanOptions['resource'][]>('sales', 'repair_orders'),
    departments: fc.constant([department]),
    timezone: fc.constantFrom('America/Chicago', 'Pacific/Honolulu', 'UTC'),
    now: fc.constant(new Date(Date.parse(day) + time)),
    overlap: fc.constant(hours(6)),
    firstLoadMonths: fc.integer({ min: 1, max: 24 }),
  }),
)

/** Written up to some time ago: minutes, hours or months. */
const through = (now: Date): fc.Arbitrary<Through> =>
  fc
    .tuple(
      fc.oneof(fc.nat({ max: hours(60) }), fc.nat({ max: hours(24 * 400) })),
      fc.option(fc.nat({ max: 20 })),
    )
    .map(([ago, swept]) => {
      const at = new Date(now.getTime() - ago)
      const text = `${at.toISOString().slice(0, 19)}Z`
      return { through: text, swept: swept === null ? null : daysAway(text.slice(0, 10), -swept) }
    })

const withCursor = options.chain((of) => through(of.now).map((cursor) => ({ of, cursor })))

/** The days of the lists by days, where a list of what is open and one of what is closed count once. */
const daysOf = (extracts: readonly Extract[]): string[] =>
  extracts
    .filter(({ list }) => list === 'history' || list === 'closed')
    .flatMap(({ from, to }) => daysIn({ from: from ?? '', to: to ?? '' }))

const utcDay = (instant: Date): string => instant.toISOString().slice(0, 10)

describe('what brings a department up to date', () => {
  test('is at first every day since it is to be loaded, each once and oldest first', () => {
    fc.assert(
      fc.property(options, (of) => {
        const extracts = planOf({}, of)
        const today = utcDay(of.now)
        const read = daysOf(extracts)
        const [first = '', wanted] = [read[0], addMonths(today, -of.firstLoadMonths)]
        // What is recent is read whole, also where less is wanted.
        expect(first <= wanted).toBe(true)
        expect(read).toEqual(daysIn({ from: first, to: read.at(-1) ?? '' }))
        expect((read.at(-1) ?? '') >= today).toBe(true)
        expect(extracts.at(-1)?.reaches).toEqual({ through: instantText(of.now), swept: today })
      }),
    )
  })

  const changesIn = (extracts: readonly Extract[]) => extracts.filter(({ list }) => list.endsWith('/delta'))

  test('leaves no gap behind what was read lately: the changes since', () => {
    fc.assert(
      fc.property(withCursor, ({ of, cursor }) => {
        const changes = changesIn(planOf({ [department]: cursor }, of))
        fc.pre(changes.length > 0)
        expect(changes.map(({ list }) => list)).toEqual(['open/delta', 'closed/delta'])
        for (const { from, to } of changes) {
          expect(Date.parse(from ?? '')).toBeLessThanOrEqual(Date.parse(cursor.through))
          expect(Date.parse(from ?? '')).toBeGreaterThan(of.now.getTime() - hours(48))
          expect(to).toBe(instantText(of.now))
        }
      }),
    )
  })

  test('leaves no gap behind what was read longer ago: every day since', () => {
    fc.assert(
      fc.property(withCursor, ({ of, cursor }) => {
        const extracts = planOf({ [department]: cursor }, of)
        fc.pre(changesIn(extracts).length === 0)
        const read = daysOf(extracts)
        const from = read[0] ?? ''
        expect(read).toEqual(daysIn({ from, to: read.at(-1) ?? '' }))
        expect(from <= cursor.through.slice(0, 10)).toBe(true)
        expect((read.at(-1) ?? '') >= utcDay(of.now)).toBe(true)
      }),
    )
  })

  test('is never asked for days or changes that the vendor no longer tells of', () => {
    fc.assert(
      fc.property(withCursor, ({ of, cursor }) => {
        for (const extract of planOf({ [department]: cursor }, of))
          expect(askable(extract, of.now, cursor.through)).toEqual(extract)
      }),
    )
  })

  test('moves the department forward only', () => {
    fc.assert(
      fc.property(withCursor, ({ of, cursor }) => {
        const reached = planOf({ [department]: cursor }, of).flatMap(({ reaches }) => reaches ?? [])
        const ends = reached.map((to) => Date.parse(to.through))
        expect(ends).toEqual(ends.toSorted((a, b) => a - b))
        expect(ends.at(-1)).toBe(Math.floor(of.now.getTime() / seconds(1)) * seconds(1))
      }),
    )
  })
})

describe('what reads some days again', () => {
  test('is those days, each once', () => {
    fc.assert(
      fc.property(options, fc.nat({ max: 500 }), someWindow(200), (of, ago, { from, to }) => {
        const end = daysAway(utcDay(of.now), -ago)
        const length = daysIn({ from, to }).length
        const days = { from: daysAway(end, 1 - length), to: end }
        const extracts = planOfDays(days, of)
        expect(daysOf(extracts)).toEqual(daysIn(days))
        expect(extracts.every(({ reaches }) => reaches === null)).toBe(true)
      }),
    )
  })
})

describe('the halves of an extract', () => {
  const extract = fc.oneof(
    someWindow(200).map(({ from, to }) => extractOf('history', from, to)),
    fc
      .tuple(someDay, second, fc.nat({ max: hours(48) }))
      .map(([day, time, width]) => [Date.parse(day) + time, Math.floor(width / 1000) * 1000] as const)
      .map(([from, width]) =>
        extractOf('closed/delta', instantText(new Date(from)), instantText(new Date(from + width))),
      ),
  )

  test('are together what it is, in order, and only the later one says how far it reaches', () => {
    fc.assert(
      fc.property(extract, (whole) => {
        const halves = halvesOf(whole)
        fc.pre(halves !== undefined)
        const [first, rest] = halves
        expect([first.from, rest.to]).toEqual([whole.from, whole.to])
        expect(rest.from).toBe(isDays(whole) ? daysAway(first.to ?? '', 1) : first.to)
        expect((first.to ?? '') >= (first.from ?? '') && (rest.to ?? '') >= (rest.from ?? '')).toBe(true)
        expect([first.reaches, rest.reaches]).toEqual([null, whole.reaches])
        for (const half of halves) expect(lengthOf(half)).toBeLessThan(lengthOf(whole))
      }),
      { numRuns: 500 },
    )
  })

  test('are none of a single day, nor of less than two minutes of changes', () => {
    fc.assert(
      fc.property(extract, (whole) => {
        const isShort = lengthOf(whole) < (isDays(whole) ? hours(24) : minutes(2))
        expect(halvesOf(whole) === undefined).toBe(isShort)
      }),
      { numRuns: 500 },
    )
  })

  const lengthOf = ({ from, to }: Extract) => Date.parse(to ?? '') - Date.parse(from ?? '')
  const isDays = ({ list }: Extract) => list === 'history'
})

const extractOf = (list: Extract['list'], from: string, to: string): Extract => ({
  department,
  list,
  from,
  to,
  failures: 0,
  halved: 0,
  reaches: { through: instantText(new Date(to)), swept: null },
})

const instantText = (instant: Date): string => `${instant.toISOString().slice(0, 19)}Z`
