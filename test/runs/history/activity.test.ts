import fc from 'fast-check'
import { activityOf } from '../../../src/runs/history/activity'

const at = (milli: number): Date => new Date(milli)

describe('activityOf', () => {
  test('counts how many were under way on average in each part of the time', () => {
    const spans = [
      { from: at(0), to: at(40) },
      { from: at(15), to: at(25) },
      { from: at(35), to: null },
    ]
    expect(activityOf(spans, { from: at(0), to: at(50) }, 5)).toEqual([1, 1.5, 1.5, 1.5, 1])
    expect(activityOf(spans, { from: at(5), to: at(5) }, 5)).toEqual([])
  })

  test('loses and adds none of the time that was worked', () => {
    const span = fc.tuple(fc.integer({ min: -50, max: 150 }), fc.nat(100))
    fc.assert(
      fc.property(fc.array(span, { maxLength: 8 }), fc.integer({ min: 1, max: 30 }), (given, parts) => {
        const spans = given.map(([from, took]) => ({ from: at(from), to: at(from + took) }))
        const within = (instant: Date) => Math.min(100, Math.max(0, instant.getTime()))
        const worked = spans.reduce((sum, { from, to }) => sum + within(to) - within(from), 0)
        const busy = activityOf(spans, { from: at(0), to: at(100) }, parts)
        expect(busy.reduce((sum, count) => sum + (count * 100) / parts, 0)).toBeCloseTo(worked)
      }),
    )
  })
})
