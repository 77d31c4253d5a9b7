import { minutes } from '../../../src/lib/durations'
import { parseWeekWindow } from '../../../src/lib/week-windows'
import { decideMissed, decideSlot, type LateSlot, type MissedSlot } from '../../../src/runs/slots/slot-policy'
import { madeUpJob } from '../../support/made-up-job'

const slot = (id: string, minutesLate: number, coveredBy?: string): MissedSlot => ({
  id,
  dueAt: new Date(Date.UTC(2026, 2, 1, 12) - minutes(minutesLate)),
  late: minutes(minutesLate),
  ...(coveredBy === undefined ? {} : { coveredBy }),
})

/** A slot that is looked at so many minutes after it was due, at noon in UTC (06:00 in Chicago) or another time. */
const late = (minutesLate: number, at = '2026-03-01T12:00:00Z'): LateSlot => ({
  dueAt: new Date(Date.parse(at) - minutes(minutesLate)),
  late: minutes(minutesLate),
})

const excluding = (...windows: string[]) =>
  windows.map((text) =>
    parseWeekWindow(text, (reason) => {
      throw new Error(reason)
    }),
  )

const outcomes = (...args: Parameters<typeof decideMissed>) =>
  decideMissed(...args).map(({ outcome }) => (typeof outcome === 'string' ? outcome : outcome.state))

describe('decideSlot', () => {
  test('runs a slot that is picked up in time', () => {
    expect(decideSlot(madeUpJob(), late(30))).toEqual({ state: 'run' })
  })

  test('expires one that is not, and says how late it was', () => {
    expect(decideSlot(madeUpJob(), late(31))).toEqual({
      state: 'expired',
      reason: 'picked up 31 min late; it may start within 30 min',
    })
  })

  test('records the slots of a job that is off, with the reason', () => {
    expect(decideSlot(madeUpJob({ mode: 'off' }), late(0))).toEqual({
      state: 'off',
      reason: 'switched off by configuration',
    })
  })
})

describe('decideSlot of a job with excluded windows', () => {
  const job = madeUpJob({ excluded: excluding('05:30-06:15', 'Sat 20:00-Sun 05:30') })

  test('skips what is due inside one, however late, and names it', () => {
    for (const minutesLate of [0, 10, 24 * 60])
      expect(decideSlot(job, late(minutesLate))).toEqual({
        state: 'skipped',
        reason: 'excluded: 05:30-06:15 America/Chicago',
      })
    expect(decideSlot(job, late(0, '2026-03-01T11:29:00Z'))).toMatchObject({
      reason: 'excluded: Sat 20:00-Sun 05:30 America/Chicago',
    })
  })

  test('lets a late one wait for the end of the window, and expires one that would be too late by then', () => {
    const thursday = '2026-03-05T11:40:00Z'
    const patient = { ...job, startWithin: minutes(60) }
    expect(decideSlot(patient, late(20, thursday))).toEqual({ state: 'wait', after: minutes(35) })
    expect(decideSlot(job, late(20, thursday))).toEqual({
      state: 'expired',
      reason:
        'nothing starts within 05:30-06:15 America/Chicago, and it would be more than 30 min late by then',
    })
  })

  test('is nothing to a job that is off', () => {
    expect(decideSlot({ ...job, effective: { ...job.effective, mode: 'off' } }, late(0))).toMatchObject({
      state: 'off',
    })
  })
})

describe('decideMissed', () => {
  test('leaves slots inside an excluded window skipped, and starts no catch-up inside one', () => {
    // 06:00 in Chicago: the slots of 05:35 and 05:45 were excluded, those before may start at 06:15.
    const job = {
      ...madeUpJob({ missed: 'run-once', excluded: excluding('05:30-06:15') }),
      startWithin: minutes(60),
    }
    const slots = [slot('1', 50), slot('2', 40), slot('3', 25), slot('4', 15)]
    expect(outcomes(job, slots)).toEqual(['missed', 'later', 'skipped', 'skipped'])
    expect(outcomes({ ...job, effective: { ...job.effective, missed: 'run-all' } }, slots)).toEqual([
      'missed',
      'later',
      'skipped',
      'skipped',
    ])
    const after = slots.map((each) => ({ ...each, late: each.late + minutes(15) }))
    expect(outcomes(job, after)).toEqual(['missed', 'catch-up', 'skipped', 'skipped'])
  })

  test('runs once, for the oldest instant', () => {
    const job = madeUpJob({ missed: 'run-once' })
    expect(outcomes(job, [slot('1', 25), slot('2', 20), slot('3', 15)])).toEqual([
      'catch-up',
      'missed',
      'missed',
    ])
  })

  test('does not catch up what a later run covers, nor what is too old', () => {
    const job = madeUpJob({ missed: 'run-once' })
    const decided = decideMissed(job, [slot('1', 45), slot('2', 20, '77'), slot('3', 15)])
    expect(decided.map(({ outcome }) => outcome)).toEqual([
      { state: 'missed', reason: 'no worker; 45 min late, and caught up within 30 min only' },
      { state: 'missed', reason: 'no worker; run 77 started later and covers it' },
      'catch-up',
    ])
  })

  test('leaves them all where the policy is to skip', () => {
    expect(outcomes(madeUpJob({ missed: 'skip' }), [slot('1', 25), slot('2', 20)])).toEqual([
      'missed',
      'missed',
    ])
  })

  test('runs each in its turn, the last ten at most, whatever ran since', () => {
    const slots = Array.from({ length: 12 }, (_, index) => slot(String(index), 24 - index, '77'))
    expect(outcomes(madeUpJob({ missed: 'run-all' }), slots)).toEqual([
      'missed',
      'missed',
      'catch-up',
      ...Array.from({ length: 9 }, () => 'later'),
    ])
  })

  test('names a job that is off', () => {
    expect(outcomes(madeUpJob({ mode: 'off' }), [slot('1', 25)])).toEqual(['off'])
  })
})
