import fc from 'fast-check'
import { missedPolicies, type Job } from '../../../src/job/define-job'
import { days, hours, minutes } from '../../../src/lib/durations'
import { parseWeekWindow, windowAt, type WeekWindow } from '../../../src/lib/week-windows'
import { decideMissed, decideSlot, type MissedSlot } from '../../../src/runs/slots/slot-policy'
import { madeUpJob } from '../../support/made-up-job'

/** Noon of a day in the made-up job's zone. */
const now = Date.UTC(2026, 5, 10, 17)
const runAllAtMost = 10

const parsed = (text: string): WeekWindow =>
  parseWeekWindow(text, (reason) => {
    throw new Error(`${text} ${reason}`)
  })
const windows = fc
  .subarray(['11:30-12:30', '09:00-11:00', '22:00-02:00', 'Wed 08:00-Wed 10:15', 'Tue 00:00-Wed 06:00'])
  .map((texts) => texts.map(parsed))

const job: fc.Arbitrary<Job> = fc
  .record({
    missed: fc.constantFrom(...missedPolicies),
    mode: fc.constantFrom('live', 'live', 'shadow', 'off'),
    excluded: fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, { weight: 1, arbitrary: windows }),
    startWithin: fc.integer({ min: minutes(1), max: hours(8) }),
  })
  .map(({ startWithin, ...settings }) => ({ ...madeUpJob(settings), startWithin }))

/** Oldest first; some were covered by a later run. */
const slots: fc.Arbitrary<MissedSlot[]> = fc
  .uniqueArray(fc.nat({ max: days(1) / minutes(1) }), { maxLength: 30 })
  .chain((lates) =>
    fc.tuple(
      ...lates
        .toSorted((a, b) => b - a)
        .map((late, index) =>
          fc.option(fc.constant('77'), { freq: 4 }).map((coveredBy): MissedSlot => ({
            ...lateBy(late),
            id: String(index),
            ...(coveredBy ? { coveredBy } : {}),
          })),
        ),
    ),
  )

const lateBy = (late: number) => ({ dueAt: new Date(now - minutes(late)), late: minutes(late) })

const isNow = ({ effective: { excluded, timezone } }: Job): boolean =>
  windowAt(excluded, timezone, new Date(now)) !== undefined

const chosen = (of: Job, missed: readonly MissedSlot[]) => {
  const decisions = decideMissed(of, missed)
  const those = (outcome: 'catch-up' | 'later') =>
    missed.filter((_, index) => decisions[index]?.outcome === outcome)
  return { decisions, catchUps: those('catch-up'), laters: those('later') }
}

describe('missed slots', () => {
  test('get exactly one decision each, in their order', () => {
    fc.assert(
      fc.property(job, slots, (of, missed) => {
        const { decisions } = chosen(of, missed)
        expect(decisions.map(({ slotId }) => slotId)).toEqual(missed.map(({ id }) => id))
        const reasons = decisions.flatMap(({ outcome }) =>
          typeof outcome === 'string' ? [] : outcome.reason,
        )
        expect(reasons).not.toContain('')
      }),
      { numRuns: 300 },
    )
  })

  test('are caught up one at a time, and none that may wait comes before an older one', () => {
    fc.assert(
      fc.property(job, slots, (of, missed) => {
        const { catchUps, laters } = chosen(of, missed)
        expect(catchUps.length).toBeLessThanOrEqual(1)
        for (const { dueAt } of laters) expect(dueAt >= (catchUps[0]?.dueAt ?? dueAt)).toBe(true)
        // Inside a window nothing begins, and outside of all something does where anything waits.
        expect(catchUps.length === 0 && laters.length > 0).toBe(isNow(of) && laters.length > 0)
      }),
      { numRuns: 300 },
    )
  })

  test('are caught up only where the job is on, they are not too old, not excluded and not covered', () => {
    fc.assert(
      fc.property(job, slots, (of, missed) => {
        const { mode, missed: policy, excluded, timezone } = of.effective
        const { catchUps, laters } = chosen(of, missed)
        for (const { late, dueAt, coveredBy } of [...catchUps, ...laters]) {
          expect(mode).not.toBe('off')
          expect(policy).not.toBe('skip')
          expect(late).toBeLessThanOrEqual(of.startWithin)
          expect(windowAt(excluded, timezone, dueAt)).toBeUndefined()
          expect(policy === 'run-all' || coveredBy === undefined).toBe(true)
        }
      }),
      { numRuns: 300 },
    )
  })

  test('are run once for the oldest of those that could still run, which covers the others', () => {
    fc.assert(
      fc.property(slots, fc.integer({ min: minutes(1), max: hours(20) }), (missed, startWithin) => {
        const of = { ...madeUpJob({ missed: 'run-once' }), startWithin }
        const { decisions, catchUps, laters } = chosen(of, missed)
        const eligible = missed.filter(
          ({ late, coveredBy }) => late <= startWithin && coveredBy === undefined,
        )
        expect(catchUps).toEqual(eligible.slice(0, 1))
        expect(laters).toEqual([])
        for (const { id } of eligible.slice(1)) {
          const { outcome } = decisions.find(({ slotId }) => slotId === id) ?? {}
          expect(outcome).toMatchObject({ state: 'missed' })
          expect(outcome).toMatchObject({
            reason: expect.stringContaining(String(eligible[0]?.dueAt.toISOString())) as string,
          })
        }
      }),
      { numRuns: 300 },
    )
  })

  test('are all run where that is the policy, the latest ten, whatever ran since', () => {
    fc.assert(
      fc.property(slots, fc.integer({ min: minutes(1), max: hours(20) }), (missed, startWithin) => {
        const of = { ...madeUpJob({ missed: 'run-all' }), startWithin }
        const { catchUps, laters } = chosen(of, missed)
        const turns = missed.filter(({ late }) => late <= startWithin).slice(-runAllAtMost)
        expect([...catchUps, ...laters]).toEqual(turns)
      }),
      { numRuns: 300 },
    )
  })

  test('have one outcome each in the end: a run or a reason, after as many rounds as there are runs', () => {
    fc.assert(
      fc.property(job, slots, (of, missed) => {
        fc.pre(!isNow(of))
        const outcomes = new Map<string, string>()
        let open: readonly MissedSlot[] = missed
        for (let round = 0; open.length > 0; round += 1) {
          expect(round).toBeLessThanOrEqual(runAllAtMost)
          for (const { slotId, outcome } of decideMissed(of, open)) {
            if (outcome === 'later') continue
            expect(outcomes.has(slotId)).toBe(false)
            outcomes.set(slotId, outcome === 'catch-up' ? 'ran' : outcome.state)
          }
          open = open.filter(({ id }) => !outcomes.has(id))
        }
        expect(outcomes.size).toBe(missed.length)
        const ran = [...outcomes.values()].filter((outcome) => outcome === 'ran').length
        expect(ran).toBeLessThanOrEqual(
          { skip: 0, 'run-once': 1, 'run-all': runAllAtMost }[of.effective.missed],
        )
      }),
      { numRuns: 300 },
    )
  })
})

describe('a slot whose tick is picked up', () => {
  const slot = fc.nat({ max: 24 * 60 }).map(lateBy)
  const isIn = ({ effective: { excluded, timezone } }: Job, instant: number): boolean =>
    windowAt(excluded, timezone, new Date(instant)) !== undefined

  test('runs at once, or ends with a reason, where it is in no window by now', () => {
    fc.assert(
      fc.property(job, slot, (of, late) => {
        fc.pre(!isNow(of))
        const inTime = late.late <= of.startWithin ? 'run' : 'expired'
        const wanted = isIn(of, late.dueAt.getTime()) ? 'skipped' : inTime
        expect(decideSlot(of, late).state).toBe(of.effective.mode === 'off' ? 'off' : wanted)
      }),
      { numRuns: 500 },
    )
  })

  test('waits for the very end of a window, unless that is beyond the time in which it may start', () => {
    const late = fc.integer({ min: 31, max: 300 })
    fc.assert(
      fc.property(late, fc.integer({ min: 300, max: 400 }), (minutesLate, startWithin) => {
        const excluded = [parsed('11:30-12:30')]
        const of = { ...madeUpJob({ excluded }), startWithin: minutes(startWithin) }
        const isInTime = minutesLate + 30 <= startWithin
        expect(decideSlot(of, lateBy(minutesLate))).toMatchObject(
          isInTime ? { state: 'wait', after: minutes(30) } : { state: 'expired' },
        )
      }),
      { numRuns: 200 },
    )
  })

  test('never runs inside a window', () => {
    fc.assert(
      fc.property(job, slot, (of, late) => {
        fc.pre(isNow(of))
        expect(decideSlot(of, late).state).not.toBe('run')
      }),
      { numRuns: 200 },
    )
  })
})
