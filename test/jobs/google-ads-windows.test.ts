import fc from 'fast-check'
import { longestSlice, type DaysCursor, type DaysPosition } from '../../jobs/google-ads/definition'
import { cursorAfter, planOf, type Plan, type PlanOptions } from '../../jobs/google-ads/windows'
import { addMonths } from '../../src/lib/local-days'
import { daysAway, daysIn, someDay, someWindow } from '../support/some-days'

const keptMonths = 37
const slice = fc.integer({ min: 1, max: longestSlice })

const settings = fc.record({
  lookback_days: fc.integer({ min: 1, max: 90 }),
  sweep_days: fc.integer({ min: 1, max: 400 }),
  first_load_months: fc.oneof(fc.integer({ min: 1, max: 6 }), fc.constant(keptMonths)),
})

const cursorOf = (today: string): fc.Arbitrary<DaysCursor> =>
  fc.tuple(fc.nat({ max: 300 }), fc.option(fc.nat({ max: 60 })), slice).map(([behind, sweptBehind, of]) => ({
    through: daysAway(today, -behind),
    swept: sweptBehind === null ? null : daysAway(today, -behind - sweptBehind),
    slice: of,
  }))

const live: fc.Arbitrary<PlanOptions> = someDay.chain((today) =>
  fc.record({
    cursor: fc.option(cursorOf(today), { nil: undefined }),
    position: fc.constant(undefined),
    days: fc.constant(undefined),
    today: fc.constant(today),
    settings,
  }),
)

const planned = (options: PlanOptions): Plan => {
  const plan = planOf(options)
  if (!plan) throw new Error('nothing to read')
  return plan
}

/** Reads a plan as the sync does, up to so many slices; the place it stops at, the days it read and its cursor. */
function read(plan: Plan, options: PlanOptions, slices: number) {
  let { cursor } = options
  let from = plan.from
  const readDays: string[] = []
  for (let count = 0; count < slices && from <= plan.to; count += 1) {
    const end = daysAway(from, plan.slice - 1)
    const window = { from, to: end < plan.to ? end : plan.to }
    readDays.push(...daysIn(window))
    const moved = cursorAfter(window, plan.slice, { cursor, plan })
    if (moved.through < (cursor?.through ?? ''))
      throw new Error(`back from ${cursor?.through} to ${moved.through}`)
    cursor = moved
    from = daysAway(window.to, 1)
  }
  const position: DaysPosition = { begun: options.today, from, slice: plan.slice, sweeps: plan.sweeps }
  return { readDays, cursor, position, isOver: from > plan.to }
}

describe('a plan of days', () => {
  test('leaves out no day between what was read before and today, as far back as Google has any', () => {
    fc.assert(
      fc.property(live, (options) => {
        const { cursor, today } = options
        const plan = planned(options)
        expect(plan.to).toBe(today)
        const oldest = addMonths(today, -keptMonths)
        const next = cursor ? daysAway(cursor.through, 1) : today
        expect(plan.from <= (next > oldest ? next : oldest)).toBe(true)
        expect(plan.from >= oldest).toBe(true)
      }),
    )
  })

  test('looks back as far as figures are restated, and a sweep as far as it is to', () => {
    fc.assert(
      fc.property(live, (options) => {
        const { cursor, today, settings: wanted } = options
        fc.pre(cursor !== undefined && cursor.swept !== null)
        const plan = planned(options)
        const oldest = addMonths(today, -keptMonths)
        const back = plan.sweeps ? daysAway(today, -wanted.sweep_days) : today
        expect(
          plan.from === oldest || plan.from <= daysAway(cursor?.through ?? '', -wanted.lookback_days),
        ).toBe(true)
        expect(plan.from === oldest || plan.from <= back).toBe(true)
      }),
    )
  })

  test('is up to date once it is read to its end', () => {
    fc.assert(
      fc.property(live, (options) => {
        const plan = planned(options)
        const { cursor, readDays } = read(plan, options, Infinity)
        expect(readDays).toEqual(daysIn(plan))
        expect(cursor?.through).toBe(options.today)
        expect(cursor?.swept).toBe(plan.sweeps ? options.today : options.cursor?.swept)
      }),
    )
  })

  test('is gone on with where it was cut off, on the same day or the next: every day is read, and the plan is not begun anew', () => {
    fc.assert(
      fc.property(live, fc.nat({ max: 40 }), fc.nat({ max: 1 }), (options, slices, later) => {
        const plan = planned(options)
        const first = read(plan, options, slices)
        fc.pre(slices > 0 && !first.isOver)
        const today = daysAway(options.today, later)
        const resumed = planned({ ...options, today, cursor: first.cursor, position: first.position })
        const rest = read(resumed, { ...options, today, cursor: first.cursor }, Infinity)
        const all = [...first.readDays, ...rest.readDays]
        const whole = daysIn({ from: plan.from, to: today })
        const known = new Set(all)
        expect(whole.filter((day) => !known.has(day))).toEqual([])
        expect(rest.cursor?.through).toBe(today)
        expect(resumed.from).toBe(first.position.from)
      }),
    )
  })

  test('of days that were asked for is those days, as far as there are any', () => {
    fc.assert(
      fc.property(live, someWindow(200), (options, days) => {
        const plan = planOf({ ...options, days })
        const oldest = addMonths(options.today, -keptMonths)
        const wanted = daysIn(days).filter((day) => day >= oldest && day <= options.today)
        expect(plan ? daysIn(plan) : []).toEqual(wanted)
      }),
    )
  })
})
