import fc from 'fast-check'
import type { AdDaysCursor, AdDaysPosition } from '../../jobs/meta-ads/definition'
import {
  cursorAfter,
  readingAfter,
  readingOf,
  sliceOf,
  smaller,
  type ReadingOptions,
} from '../../jobs/meta-ads/readings'
import { addMonths } from '../../src/lib/local-days'
import { daysAway, daysIn, someDay, someWindow } from '../support/some-days'

const monthsKept = 37

const cursorOf = (today: string): fc.Arbitrary<AdDaysCursor> =>
  fc
    .tuple(
      fc.nat({ max: 300 }),
      fc.option(fc.nat({ max: 60 })),
      fc.constantFrom<AdDaysCursor['way'][]>('call', 'report'),
    )
    .map(([behind, sweptBehind, way]) => ({
      through: daysAway(today, -behind),
      swept: sweptBehind === null ? null : daysAway(today, -behind - sweptBehind),
      way,
    }))

const options: fc.Arbitrary<ReadingOptions> = someDay.chain((today) =>
  fc.record({
    cursor: fc.option(cursorOf(today), { nil: undefined }),
    days: fc.constant(undefined),
    today: fc.constant(today),
    now: fc.constant(new Date(`${today}T18:00:00Z`)),
    lookbackDays: fc.integer({ min: 1, max: 40 }),
    firstLoadMonths: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constant(36)),
  }),
)

/** For each slice in turn, whether the vendor finds it too much. */
const objections = fc.array(fc.boolean(), { maxLength: 30 })

/** Reads to the end, with a vendor that finds some slices too large. */
function read(reading: AdDaysPosition, refused: readonly boolean[], cursor: AdDaysCursor | undefined) {
  const readDays: string[] = []
  let next: AdDaysPosition | null = reading
  let moved = cursor
  for (let turn = 0; next; turn += 1) {
    if (turn > 5000) throw new Error('it never ends')
    const slice = sliceOf(next)
    const less: AdDaysPosition | undefined = refused[turn] ? smaller(next, slice) : undefined
    if (less) {
      next = less
      continue
    }
    readDays.push(...daysIn(slice))
    const after = cursorAfter(moved, next, slice)
    if (after.through < (moved?.through ?? ''))
      throw new Error(`back from ${moved?.through} to ${after.through}`)
    moved = after
    next = readingAfter(next, slice)
  }
  return { readDays, cursor: moved }
}

describe('a reading of days', () => {
  test('comes to each of its days once and in order, however often a slice is too large', () => {
    fc.assert(
      fc.property(options, objections, (of, refused) => {
        const reading = readingOf(of)
        const { readDays, cursor } = read(reading, refused, of.cursor)
        expect(readDays).toEqual(daysIn({ from: reading.since, to: reading.to }))
        expect(cursor?.through).toBe(of.today)
      }),
    )
  })

  test('leaves out no day between what was read before and today, as far back as the vendor has any', () => {
    fc.assert(
      fc.property(options, (of) => {
        const { since, to } = readingOf(of)
        expect(to).toBe(of.today)
        const oldest = daysAway(addMonths(of.today, -monthsKept), 1)
        const wanted = of.cursor
          ? daysAway(of.cursor.through, -of.lookbackDays)
          : addMonths(of.today, -of.firstLoadMonths)
        expect(since <= (wanted > oldest ? wanted : oldest)).toBe(true)
      }),
    )
  })

  test('of days that were asked for is those days', () => {
    fc.assert(
      fc.property(options, someWindow(200), objections, (of, days, refused) => {
        const { readDays } = read(readingOf({ ...of, days }), refused, of.cursor)
        expect(readDays).toEqual(daysIn(days))
      }),
    )
  })

  test('ends with a single day in a report: nothing smaller can be asked for', () => {
    fc.assert(
      fc.property(options, (of) => {
        let reading: AdDaysPosition | undefined = readingOf(of)
        let turns = 0
        for (; reading && turns < 100; turns += 1) reading = smaller(reading, sliceOf(reading))
        expect(turns).toBeLessThanOrEqual(14)
      }),
    )
  })
})
