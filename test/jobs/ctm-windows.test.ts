import fc from 'fast-check'
import type { CallsCursor } from '../../jobs/ctm/definition'
import { cursorAfter, lastDay, windowsOf, type WindowsOptions } from '../../jobs/ctm/windows'
import { days } from '../../src/lib/durations'
import { addMonths, dayOf } from '../../src/lib/local-days'
import { daysAway, daysIn, someDay } from '../support/some-days'

const timezone = 'America/Chicago'
const overlapDays = 3
const longestWindow = 35

/** The latest call is within the days that are read, if there is one. */
const cursorOf = (through: string): fc.Arbitrary<CallsCursor> =>
  fc.record({
    newest: fc.option(fc.nat({ max: 60 * 24 }).map((ago) => `${daysAway(through, -ago / 24)}T18:00:00.000Z`)),
    through: fc.constant(through),
    swept: fc.option(fc.nat({ max: 40 }).map((ago) => daysAway(through, -ago))),
  })

const options: fc.Arbitrary<WindowsOptions> = fc
  .tuple(someDay, fc.option(fc.nat({ max: 500 }), { nil: undefined }), fc.integer({ min: 1, max: 14 }))
  .chain(([today, behind, firstLoadMonths]) =>
    fc.record({
      cursor: behind === undefined ? fc.constant(undefined) : cursorOf(daysAway(today, -behind)),
      today: fc.constant(today),
      timezone: fc.constant(timezone),
      overlap: fc.constant(days(overlapDays)),
      firstLoadMonths: fc.constant(firstLoadMonths),
    }),
  )

describe('the windows of calls', () => {
  test('follow one another without a gap or a day in two of them, up to the day after today', () => {
    fc.assert(
      fc.property(options, (of) => {
        const windows = windowsOf(of)
        const [from = '', to] = [windows[0]?.from, lastDay(of.today)]
        expect(windows.flatMap(daysIn)).toEqual(daysIn({ from, to }))
      }),
    )
  })

  test('begin early enough: no day is left out between what was read before and now', () => {
    fc.assert(
      fc.property(options, (of) => {
        const { cursor, today, firstLoadMonths } = of
        const from = windowsOf(of)[0]?.from ?? today
        const wanted = cursor ? daysAway(cursor.through, -overlapDays) : addMonths(today, -firstLoadMonths)
        const newest = cursor?.newest ? new Date(Date.parse(cursor.newest) - of.overlap) : undefined
        expect(from <= wanted).toBe(true)
        expect(from <= (newest ? dayOf(newest, timezone) : wanted)).toBe(true)
      }),
    )
  })

  test('hold little that is new, each of them', () => {
    fc.assert(
      fc.property(options, (of) => {
        const known = of.cursor?.through ?? '0000'
        for (const window of windowsOf(of)) {
          const fresh = daysIn(window).filter((day) => day > known)
          expect(fresh.length).toBeLessThanOrEqual(longestWindow + 1)
        }
      }),
    )
  })

  test('move the cursor forward only, whichever of them is the last to be read', () => {
    fc.assert(
      fc.property(options, fc.nat({ max: 20 }), (of, readOnly) => {
        let { cursor } = of
        for (const window of windowsOf(of).slice(0, readOnly)) {
          const newest = `${window.from}T12:00:00.000Z`
          const moved = cursorAfter(window, newest, { cursor, today: of.today })
          expect(moved.through >= (cursor?.through ?? '')).toBe(true)
          expect((moved.newest ?? '') >= (cursor?.newest ?? '')).toBe(true)
          expect((moved.swept ?? '') >= (cursor?.swept ?? '') || cursor?.swept === of.today).toBe(true)
          expect(moved.through <= of.today).toBe(true)
          cursor = moved
        }
      }),
    )
  })

  test('leave a cursor that is up to date once all are read, and a sync cut off goes on without a gap', () => {
    fc.assert(
      fc.property(options, fc.nat({ max: 20 }), (of, cut) => {
        const windows = windowsOf(of)
        const read = (some: typeof windows, from: CallsCursor | undefined) =>
          some.reduce<CallsCursor | undefined>(
            (cursor, window) => cursorAfter(window, null, { cursor, today: of.today }),
            from,
          )
        expect(read(windows, of.cursor)?.through).toBe(of.today)
        const first = windows.slice(0, cut)
        const cursor = read(first, of.cursor)
        const rest = windowsOf({ ...of, cursor })
        const [from = '', to] = [windows[0]?.from, lastDay(of.today)]
        // The overlap is read twice, and no day not at all.
        const known = new Set([...first, ...rest].flatMap(daysIn))
        expect(daysIn({ from, to }).filter((day) => !known.has(day))).toEqual([])
      }),
    )
  })
})
