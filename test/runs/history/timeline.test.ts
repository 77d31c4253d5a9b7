import { timelineOf, type TimedAttempt, type TimelineFacts } from '../../../src/runs/history/timeline'

/** Seconds after the sync was planned. */
const at = (second: number): Date => new Date(Date.UTC(2026, 10, 22, 6) + second * 1000)

const attempt = (
  number: number,
  from: number,
  to: number | null,
  more: Partial<TimedAttempt>,
): TimedAttempt => ({
  number,
  outcome: to === null ? 'running' : 'ok',
  startedAt: at(from),
  endedAt: to === null ? null : at(to),
  limitWait: 0,
  waitsFor: null,
  againAt: null,
  ...more,
})

const told = (facts: Partial<TimelineFacts>): string[] =>
  timelineOf({
    state: 'ok',
    createdAt: at(0),
    startsAt: null,
    reopenedAt: null,
    settledAt: null,
    waitUntil: null,
    attempts: [],
    waits: [],
    now: at(100),
    ...facts,
  }).map(({ kind, from, to, attempt: of, until }) => {
    const second = (instant: Date) => (instant.getTime() - at(0).getTime()) / 1000
    const work = of ? ` ${of.number} ${of.outcome} ${of.limitWait}` : ''
    return `${second(from)}-${second(to)} ${kind}${work}${until ? ` until ${second(until)}` : ''}`
  })

describe('timelineOf', () => {
  test('names a place in the spread, the queue, and what an attempt waited for', () => {
    const attempts = [
      attempt(1, 12, 20, { outcome: 'waiting', limitWait: 3000, waitsFor: 'vendor', againAt: at(50) }),
      attempt(2, 51, 60, { outcome: 'interrupted' }),
      attempt(3, 62, 70, {}),
    ]
    expect(told({ startsAt: at(10), settledAt: at(70), attempts })).toEqual([
      '0-10 spread',
      '10-12 queue',
      '12-20 work 1 waiting 3000',
      '20-50 vendor',
      '50-51 queue',
      '51-60 work 2 interrupted 0',
      '60-62 handed over',
      '62-70 work 3 ok 0',
    ])
  })

  test('names what a sync met when its turn came, until the next thing or its attempt', () => {
    const waits = [
      { kind: 'lease', reason: 'another sync works on the account', beganAt: at(5), lastAt: at(8) },
      { kind: 'breaker', reason: 'circuit breaker open', beganAt: at(11), lastAt: at(41) },
    ] as const
    expect(told({ settledAt: at(50), waits, attempts: [attempt(1, 45, 50, {})] })).toEqual([
      '0-5 queue',
      '5-11 lease',
      '11-45 breaker',
      '45-50 work 1 ok 0',
    ])
  })

  test('says of an open sync until when it waits, and of a dead letter how long it was one', () => {
    const failed = attempt(1, 1, 4, { outcome: 'failed', waitsFor: 'backoff', againAt: at(130) })
    expect(told({ state: 'waiting', waitUntil: at(130), attempts: [failed] })).toEqual([
      '0-1 queue',
      '1-4 work 1 failed 0',
      '4-100 backoff until 130',
    ])
    const dead = attempt(1, 1, 4, { outcome: 'failed' })
    expect(told({ state: 'failed', settledAt: at(4), attempts: [dead] })).toEqual([
      '0-1 queue',
      '1-4 work 1 failed 0',
    ])
    const retried = {
      state: 'running',
      reopenedAt: at(60),
      attempts: [dead, attempt(2, 61, null, {})],
    } as const
    expect(told(retried)).toEqual([
      '0-1 queue',
      '1-4 work 1 failed 0',
      '4-60 dead letter',
      '60-61 queue',
      '61-100 work 2 running 0',
    ])
  })
})
