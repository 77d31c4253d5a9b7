import fc from 'fast-check'
import {
  clockMark,
  type ClockMark,
  instantsBetween,
  nextInstant,
  previousInstant,
  type Schedule,
} from '../../src/lib/cron'
import { days, hours, minutes } from '../../src/lib/durations'
import { instantOf } from '../../src/queue/bull-jobs'
import { TestQueues } from '../support/queues'

const chicago = (cron: string): Schedule => ({ cron, timezone: 'America/Chicago' })
const between = (schedule: Schedule, after: string, until: string): string[] =>
  instantsBetween(schedule, new Date(after), new Date(until), 1000).map((instant) => instant.toISOString())

describe('instantsBetween', () => {
  test('leaves out the instant it starts after and includes the one it ends with', () => {
    expect(
      between({ cron: '0 * * * *', timezone: 'UTC' }, '2026-06-01T05:00:00Z', '2026-06-01T07:00:00Z'),
    ).toEqual(['2026-06-01T06:00:00.000Z', '2026-06-01T07:00:00.000Z'])
  })

  test('stops at its limit with the oldest', () => {
    const after = new Date('2026-06-01T00:00:00Z')
    const instants = instantsBetween(
      { cron: '* * * * * *', timezone: 'UTC' },
      after,
      new Date(after.getTime() + days(1)),
      3,
    )
    expect(instants.map((instant) => instant.getTime() - after.getTime())).toEqual([1000, 2000, 3000])
  })

  test('names every hour of a day of 23 and of a day of 25 hours once', () => {
    expect(between(chicago('0 * * * *'), '2026-03-08T05:59:59Z', '2026-03-09T04:59:59Z')).toHaveLength(23)
    const fold = between(chicago('0 * * * *'), '2026-11-01T04:59:59Z', '2026-11-02T05:59:59Z')
    expect(new Set(fold).size).toBe(25)
  })

  test('keeps the distance of a quarter of an hour over gap and fold', () => {
    for (const [after, until] of [
      ['2026-03-08T05:59:59Z', '2026-03-08T12:00:00Z'],
      ['2026-11-01T04:59:59Z', '2026-11-01T12:00:00Z'],
    ] as const) {
      const instants = between(chicago('*/15 * * * *'), after, until).map(Date.parse)
      const gaps = instants.slice(1).map((instant, index) => instant - (instants[index] ?? 0))
      expect(new Set(gaps)).toEqual(new Set([minutes(15)]))
    }
  })

  test('has a daily instant inside the gap once, and inside the fold once', () => {
    expect(between(chicago('30 2 * * *'), '2026-03-07T12:00:00Z', '2026-03-09T12:00:00Z')).toHaveLength(2)
    expect(between(chicago('30 1 * * *'), '2026-10-31T12:00:00Z', '2026-11-02T12:00:00Z')).toHaveLength(2)
  })
})

describe('instants where clocks change by half an hour', () => {
  const lordHowe = (cron: string): Schedule => ({ cron, timezone: 'Australia/Lord_Howe' })
  // At 02:00 the clocks go back to 01:30 in April, and on to 02:30 in October.
  const fold = ['2026-04-04T13:00:00Z', '2026-04-04T17:00:00Z'] as const
  const gap = ['2026-10-03T14:00:00Z', '2026-10-03T17:00:00Z'] as const

  test('come in each hour: once for one that is left out, twice for one that comes twice', () => {
    expect(between(lordHowe('15 * * * *'), ...gap)).toEqual([
      '2026-10-03T14:45:00.000Z',
      '2026-10-03T15:45:00.000Z',
      '2026-10-03T16:15:00.000Z',
    ])
    expect(between(lordHowe('45 * * * *'), ...fold)).toEqual([
      '2026-04-04T13:45:00.000Z',
      '2026-04-04T14:45:00.000Z',
      '2026-04-04T15:15:00.000Z',
      '2026-04-04T16:15:00.000Z',
    ])
  })

  test('of a day come once, half an hour later where their time is left out', () => {
    expect(between(lordHowe('15 2 * * *'), ...gap)).toEqual(['2026-10-03T15:45:00.000Z'])
    expect(between(lordHowe('45 1 * * *'), ...fold)).toEqual(['2026-04-04T14:45:00.000Z'])
  })

  test('keep a distance of a quarter of an hour', () => {
    for (const [after, until] of [fold, gap]) {
      const instants = between(lordHowe('*/15 * * * *'), after, until)
      expect(instants).toHaveLength((Date.parse(until) - Date.parse(after)) / minutes(15))
    }
  })
})

describe('clockMark', () => {
  test.each<[string, string, ClockMark | undefined]>([
    ['30 2 * * *', '2026-03-08T08:30:00Z', { kind: 'moved', reading: Date.UTC(2026, 2, 8, 2, 30) }],
    ['30 * * * *', '2026-03-08T08:30:00Z', undefined],
    ['30 1 * * *', '2026-03-08T07:30:00Z', undefined],
    ['30 1 * * *', '2026-11-01T06:30:00Z', { kind: 'first' }],
    ['30 * * * *', '2026-11-01T07:30:00Z', { kind: 'second' }],
    ['30 2 * * *', '2026-11-01T08:30:00Z', undefined],
    ['30 2 * * *', '2026-06-01T07:30:00Z', undefined],
  ])('of %s at %s', (cron, instant, mark) => {
    expect(clockMark(chicago(cron), new Date(instant))).toEqual(mark)
  })
})

describe('previousInstant', () => {
  test('is the last one before, however long ago, and none before its limit', () => {
    const leapDay = { cron: '0 12 29 2 *', timezone: 'UTC' }
    const before = new Date('2026-06-01T00:00:00Z')
    expect(previousInstant(leapDay, before, new Date(0))).toEqual(new Date('2024-02-29T12:00:00Z'))
    expect(previousInstant(leapDay, before, new Date('2024-02-29T12:00:00Z'))).toBeDefined()
    expect(previousInstant(leapDay, before, new Date('2024-02-29T12:00:01Z'))).toBeUndefined()
    expect(previousInstant(leapDay, new Date('2024-02-29T12:00:00Z'), new Date('2024-01-01'))).toBeUndefined()
  })
})

describe('nextInstant', () => {
  test('throws on what cannot be read', () => {
    expect(() => nextInstant({ cron: '61 * * * *', timezone: 'UTC' }, new Date())).toThrow(
      'expected range 0-59',
    )
    expect(() => nextInstant({ cron: '* * * * *', timezone: 'Mars/Olympus' }, new Date())).toThrow(
      'Mars/Olympus is no time zone',
    )
  })
})

describe('the instants of a job scheduler in Redis', () => {
  let world: TestQueues
  beforeAll(async () => (world = await TestQueues.open()))
  afterAll(async () => world[Symbol.asyncDispose]())
  afterEach(() => jest.useRealTimers())

  /** The due instant of the tick that BullMQ itself makes for this pattern when its clock shows `now`. */
  async function askBullMQ({ cron, timezone }: Schedule, now: Date): Promise<Date | undefined> {
    jest.useFakeTimers({ now, doNotFake: [...notDate] })
    await world.queues.runs.removeJobScheduler('ctm')
    const tick = await world.queues.runs.upsertJobScheduler(
      'ctm',
      { pattern: cron, tz: timezone },
      { name: 'tick' },
    )
    return instantOf(tick?.id)
  }

  test.each([
    ['*/15 * * * *', 'over the gap', '2026-03-08T07:40:00Z', minutes(20)],
    ['30 2 * * *', 'over the gap', '2026-03-07T12:00:00Z', hours(9)],
    ['0 3 * * *', 'over the gap', '2026-03-07T12:00:00Z', hours(9)],
    ['*/15 * * * *', 'over the fold', '2026-11-01T05:40:00Z', minutes(20)],
    ['30 1 * * *', 'over the fold', '2026-10-31T12:00:00Z', hours(6)],
    ['0 1-2 * * *', 'over the fold', '2026-11-01T04:00:00Z', minutes(50)],
    ['15 5 * * 1-5', 'over a week-end', '2026-11-20T03:00:00Z', days(1)],
    ['*/5 * * * * *', 'every few seconds', '2026-03-08T07:59:57Z', 2000],
  ])('%s are the same %s', async (cron, _, start, step) => {
    for (let count = 0; count < 8; count += 1) {
      const now = new Date(Date.parse(start) + count * step)
      const schedule = chicago(cron)
      expect([now, await askBullMQ(schedule, now)]).toEqual([now, nextInstant(schedule, now)])
    }
  })
})

/** Everything but `Date`: BullMQ and its connection go on by real timers. */
const notDate = [
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
  'setTimeout',
  'clearTimeout',
] as const

describe('an interval around a change of the clock', () => {
  const patterns = ['30 1 * * *', '30 2 * * *', '*/5 1-3 * * *', '15 1,2,3 * * *', '5 */2 * * *', '0 * * * *']
  const changes = [
    ['America/Chicago', '2026-03-08T08:00:00Z'],
    ['America/Chicago', '2026-11-01T07:00:00Z'],
    ['Europe/Berlin', '2026-10-25T01:00:00Z'],
    ['America/Phoenix', '2026-03-08T08:00:00Z'],
  ] as const
  const cases = changes.flatMap(([timezone, at]) =>
    patterns.map((cron) => ({ cron, timezone, at: Date.parse(at) })),
  )

  test.each(cases)(
    'names the same instants however it is split: $cron in $timezone',
    ({ at, ...schedule }) => {
      const [start, end] = [at - hours(12), at + hours(12)]
      const whole = instantsBetween(schedule, new Date(start), new Date(end), 10_000).map(Number)
      fc.assert(
        fc.property(
          fc.array(fc.integer({ min: start, max: end }), { minLength: 1, maxLength: 12 }),
          (cuts) => {
            const edges = [start, ...cuts.toSorted((a, b) => a - b), end]
            const parts = edges
              .slice(1)
              .flatMap((until, index) =>
                instantsBetween(schedule, new Date(edges[index] ?? start), new Date(until), 10_000),
              )
            expect(parts.map(Number)).toEqual(whole)
          },
        ),
        { numRuns: 20 },
      )
    },
  )
})
