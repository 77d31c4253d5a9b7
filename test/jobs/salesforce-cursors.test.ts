import fc from 'fast-check'
import { cursorAfterChanges, cursorAfterSweep } from '../../jobs/salesforce/cursors'
import type { RowsCursor } from '../../jobs/salesforce/definition'
import { days, seconds } from '../../src/lib/durations'

const now = Date.UTC(2026, 5, 1)
const ago = fc.nat({ max: days(400) / seconds(1) }).map((count) => new Date(now - count * seconds(1)))
const present = new Date(now)
const start = { present, end: new Date(now + seconds(1)) }

const text = ago.map((instant) => instant.toISOString())
const cursor: fc.Arbitrary<RowsCursor | undefined> = fc.option(
  fc.record({ through: text, swept: fc.option(text), sweeping: fc.option(text) }),
  { nil: undefined },
)
/** Ends of slices, oldest first; the last one is the end of it all. */
const ends = fc
  .array(ago, { maxLength: 6 })
  .map((instants) => [...instants.toSorted((a, b) => a.getTime() - b.getTime()), start.end])

describe('the cursor of rows', () => {
  test('never goes back while changes are read, and ends at the end', () => {
    fc.assert(
      fc.property(cursor, ends, (known, slices) => {
        let at = known
        for (const to of slices) {
          const moved = cursorAfterChanges(at, to, start)
          expect(moved.through >= (at?.through ?? '')).toBe(true)
          expect(moved.through >= to.toISOString()).toBe(true)
          // A sweep that was begun is still to be ended.
          expect(moved.sweeping ?? null).toBe(at?.sweeping ?? null)
          at = moved
        }
        expect(at?.through).toBe(start.end.toISOString())
        expect(at?.swept).toBe(known?.swept ?? present.toISOString())
      }),
    )
  })

  test('stays where it is while a sweep reads everything again, which counts once it is whole', () => {
    fc.assert(
      fc.property(cursor, ends, (known, slices) => {
        let at = known
        for (const to of slices.slice(0, -1)) {
          const moved = cursorAfterSweep(at, to, start)
          expect(moved).toEqual({
            through: at?.through ?? to.toISOString(),
            swept: at?.swept ?? null,
            sweeping: to.toISOString(),
          })
          at = moved
        }
        const whole = cursorAfterSweep(at, start.end, start)
        expect(whole).toMatchObject({ swept: present.toISOString(), sweeping: null })
        expect(whole.through).toBe(at?.through ?? start.end.toISOString())
      }),
    )
  })
})
