import fc from 'fast-check'
import { hours } from '../../../src/lib/durations'
import { backoff } from '../../../src/runs/attempt/backoff'

const settings = fc.record({
  backoff: fc.integer({ min: 1, max: hours(1) }),
  backoffCap: fc.integer({ min: 1, max: hours(24) }),
})
const failures = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 1_000_000 }))
const random = fc.double({ min: 0, max: 1, noNaN: true })

describe('backoff', () => {
  test('is a whole number of milliseconds from nothing to its ceiling, and never above its cap', () => {
    fc.assert(
      fc.property(settings, failures, random, (of, count, chance) => {
        const after = backoff(of, count, chance)
        expect(Number.isInteger(after)).toBe(true)
        expect(after).toBeGreaterThanOrEqual(0)
        expect(after).toBeLessThanOrEqual(Math.min(of.backoffCap, of.backoff * 2 ** (count - 1)))
      }),
      { numRuns: 1000 },
    )
  })

  test('has a ceiling that doubles with every failure until it is the cap, and then stays', () => {
    fc.assert(
      fc.property(settings, failures, (of, count) => {
        const [ceiling, next] = [backoff(of, count, 1), backoff(of, count + 1, 1)]
        expect(next).toBe(Math.min(of.backoffCap, 2 * ceiling))
      }),
      { numRuns: 1000 },
    )
  })

  test('spreads evenly over all of it: those that failed together do not come back together', () => {
    fc.assert(
      fc.property(settings, failures, random, (of, count, chance) => {
        const ceiling = backoff(of, count, 1)
        expect(Math.abs(backoff(of, count, chance) - ceiling * chance)).toBeLessThanOrEqual(0.5)
        expect(backoff(of, count, 0)).toBe(0)
      }),
      { numRuns: 1000 },
    )
  })
})
