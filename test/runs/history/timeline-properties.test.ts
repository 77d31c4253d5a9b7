import fc from 'fast-check'
import { timelineOf, type TimelineFacts } from '../../../src/runs/history/timeline'

const instant = fc.integer({ min: 0, max: 10_000 }).map((millis) => new Date(millis))
const perhaps = fc.option(instant, { nil: null })

/** Facts as no clock would make them: nothing is in order, and anything may be missing. */
const anything: fc.Arbitrary<TimelineFacts> = fc.record({
  state: fc.constantFrom(
    'waiting',
    'running',
    'ok',
    'failed',
    'cancelled',
    'superseded',
    'skipped',
    'partial',
  ),
  createdAt: instant,
  startsAt: perhaps,
  reopenedAt: perhaps,
  settledAt: perhaps,
  waitUntil: perhaps,
  now: instant,
  attempts: fc
    .array(
      fc.record({
        outcome: fc.constantFrom('running', 'ok', 'failed', 'waiting', 'interrupted', 'crashed', 'cancelled'),
        startedAt: instant,
        endedAt: perhaps,
        limitWait: fc.nat(5000),
        waitsFor: fc.constantFrom(null, 'backoff', 'vendor', 'live work', 'isolation'),
        againAt: perhaps,
      }),
      { maxLength: 5 },
    )
    .map((attempts) => attempts.map((attempt, index) => ({ ...attempt, number: index + 1 }))),
  waits: fc.array(
    fc.record({
      kind: fc.constantFrom('lease', 'isolation', 'breaker', 'pause'),
      reason: fc.constant('because'),
      beganAt: instant,
      lastAt: instant,
    }),
    { maxLength: 4 },
  ),
})

describe('timelineOf', () => {
  test('covers the time of any sync from its beginning to its end, each part beginning where the one before ends', () => {
    fc.assert(
      fc.property(anything, (facts) => {
        const segments = timelineOf(facts)
        const begin = facts.createdAt.getTime()
        const end = Math.max(begin, (facts.settledAt ?? facts.now).getTime())
        let at = begin
        for (const { from, to } of segments) {
          expect(from.getTime()).toBe(at)
          expect(to.getTime()).toBeGreaterThan(at)
          at = to.getTime()
        }
        expect(at).toBe(end)
        const numbers = segments.flatMap(({ attempt }) => (attempt ? [attempt.number] : []))
        expect(numbers).toEqual(numbers.toSorted((one, other) => one - other))
      }),
      { numRuns: 500 },
    )
  })
})
