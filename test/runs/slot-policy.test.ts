import { minutes } from '../../src/lib/durations'
import { decideMissed, decideSlot, type MissedSlot } from '../../src/runs/slot-policy'
import { madeUpJob } from '../support/made-up-job'

const slot = (id: string, minutesLate: number, coveredBy?: string): MissedSlot => ({
  id,
  dueAt: new Date(Date.UTC(2026, 2, 1, 12) - minutes(minutesLate)),
  late: minutes(minutesLate),
  ...(coveredBy === undefined ? {} : { coveredBy }),
})

const outcomes = (...args: Parameters<typeof decideMissed>) =>
  decideMissed(...args).map(({ outcome }) => (typeof outcome === 'string' ? outcome : outcome.state))

describe('decideSlot', () => {
  test('runs a slot that is picked up in time', () => {
    expect(decideSlot(madeUpJob(), minutes(30))).toEqual({ state: 'run' })
  })

  test('expires one that is not, and says how late it was', () => {
    expect(decideSlot(madeUpJob(), minutes(31))).toEqual({
      state: 'expired',
      reason: 'picked up 31 min late; it may start within 30 min',
    })
  })

  test('records the slots of a job that is off, with the reason', () => {
    expect(decideSlot(madeUpJob({ mode: 'off' }), 0)).toEqual({
      state: 'off',
      reason: 'switched off by configuration',
    })
  })
})

describe('decideMissed', () => {
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
