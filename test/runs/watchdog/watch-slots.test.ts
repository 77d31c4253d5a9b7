import type { Job, JobSettings } from '../../../src/job/define-job'
import type { Database } from '../../../src/ledger/postgres/database'
import { slotHistory } from '../../../src/ledger/slots/slot-history'
import { listRuns } from '../../../src/ledger/work/runs'
import { nextInstant } from '../../../src/lib/cron'
import { days, hours } from '../../../src/lib/durations'
import { parseWeekWindow, type WeekWindow } from '../../../src/lib/week-windows'
import { runBullId, tickBullId } from '../../../src/queue/bull-jobs'
import { planSlot } from '../../../src/runs/slots/plan-run'
import { watchSlots } from '../../../src/runs/watchdog/watch-slots'
import { WatchEvents } from '../../../src/telemetry/events'
import { createLogger } from '../../../src/telemetry/logger'
import { testDatabase } from '../../support/database'
import { someAccounts } from '../../support/ledger'
import { madeUpJob } from '../../support/made-up-job'
import { TestQueues } from '../../support/queues'

// Half a day away from now, so that no instant comes due while a test runs.
const daily = { cron: `0 ${(new Date().getUTCHours() + 12) % 24} * * *`, timezone: 'UTC' }
const job = (settings: Partial<JobSettings> = {}): Job => ({
  ...madeUpJob({ ...daily, ...settings }),
  startWithin: days(30),
})

/** Every day from the hour before an instant to the one after it, in UTC. */
const hoursAround = (instant: Date): WeekWindow => {
  const hour = (away: number) => `${String((instant.getUTCHours() + 24 + away) % 24).padStart(2, '0')}:00`
  return parseWeekWindow(`${hour(-1)}-${hour(2)}`, (reason) => {
    throw new Error(reason)
  })
}

describe('watchSlots', () => {
  let database: Database
  let world: TestQueues
  beforeEach(async () => {
    database = await testDatabase()
    world = await TestQueues.open()
    await someAccounts(database, 'dealertrend', 2)
  })
  afterEach(async () => {
    await world[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  })

  const events = new WatchEvents(createLogger({ level: 'error', processName: 'test' }))
  const watch = async (of: Job) => watchSlots({ database, queues: world.queues, events }, of)
  /** As if the slots had last been looked at so long ago, under this schedule. */
  const lookedAt = async (ago: number, schedule = daily) =>
    database.query(
      `insert into schedules (job, cron, timezone, checked_until)
       values ('dealertrend', $1, $2, clock_timestamp() - $3 * interval '1 ms')`,
      [schedule.cron, schedule.timezone, ago],
    )
  const firstDue = (daysAgo: number) => nextInstant(daily, new Date(Date.now() - days(daysAgo)))
  const slots = async () => (await slotHistory(database, { job: 'dealertrend', limit: 100 })).toReversed()

  test('counts from the first look on', async () => {
    await watch(job())
    expect(await slots()).toEqual([])
  })

  test('records every due instant since the last look, once', async () => {
    await lookedAt(days(5))
    const off = job({ mode: 'off' })
    await Promise.all([watch(off), watch(off), watch(off)])
    const found = await slots()
    expect(found).toHaveLength(5)
    expect(found[0]?.dueAt).toEqual(firstDue(5))
    expect(new Set(found.map(({ state }) => state))).toEqual(new Set(['off']))
  })

  test('starts one catch-up run for the oldest of several that nobody ran', async () => {
    await lookedAt(days(5))
    await watch(job())

    const [oldest, ...others] = await slots()
    expect(others).toHaveLength(4)
    expect(oldest).toMatchObject({ state: 'ran' })
    expect(new Set(others.map(({ state }) => state))).toEqual(new Set(['missed']))
    const [run] = await listRuns(database, { limit: 10 })
    expect(run).toMatchObject({
      id: oldest?.runId,
      kind: 'catch-up',
      syncs: 2,
      open: 2,
      dueAt: oldest?.dueAt,
    })
    expect(await world.queues.runs.getJob(runBullId(run?.id ?? ''))).toBeDefined()
  })

  test('does nothing the second time', async () => {
    await lookedAt(days(5))
    await watch(job())
    const before = await slots()
    await watch(job())
    expect(
      (await slots()).map(({ id, state, runId }) => ({ id, state, runId })).slice(0, before.length),
    ).toEqual(before.map(({ id, state, runId }) => ({ id, state, runId })))
    expect(await listRuns(database, { limit: 10 })).toHaveLength(1)
  })

  test('leaves a slot whose tick still waits, and those behind it', async () => {
    await lookedAt(days(3))
    await world.queues.runs.add('tick', {}, { jobId: 'stand-in' })
    await world.redis.rename(
      world.queues.runs.toKey('stand-in'),
      world.queues.runs.toKey(tickBullId('dealertrend', firstDue(3))),
    )

    await watch(job())

    expect(new Set((await slots()).map(({ state }) => state))).toEqual(new Set(['due']))
  })

  test('covers what came due while nobody worked by the late run of the first tick', async () => {
    await lookedAt(days(4))
    await planSlot(database, job(), firstDue(4))

    await watch(job())

    const settled = await slots()
    expect(settled).toHaveLength(4)
    expect(settled[0]).toMatchObject({ state: 'ran', dueAt: firstDue(4) })
    for (const slot of settled.slice(1)) {
      expect(slot).toMatchObject({
        state: 'missed',
        reason: expect.stringContaining('started later and covers it'),
      })
    }
    expect(await listRuns(database, { limit: 10 })).toHaveLength(1)
  })

  test('counts by the former schedule up to a change', async () => {
    await lookedAt(days(5))
    const changed = job({ cron: '0 0 29 2 *', mode: 'off' })
    await watch(changed)
    expect(await slots()).toHaveLength(5)

    await database.query(`update schedules set checked_until = checked_until - interval '5 days'`)
    await watch(changed)
    expect(await slots()).toHaveLength(5)
  })

  test('runs each slot that was missed where the policy says so, one when the other is settled', async () => {
    await lookedAt(days(3))
    const all = job({ missed: 'run-all' })
    await watch(all)
    expect((await slots()).map(({ state }) => state)).toEqual(['ran', 'due', 'due'])
    await watch(all)
    expect((await slots()).map(({ state }) => state)).toEqual(['ran', 'due', 'due'])

    await database.query(`update syncs set state = 'ok', settled_at = clock_timestamp()`)
    await database.query(`update runs set state = 'ok', settled_at = clock_timestamp()`)
    await watch(all)
    expect((await slots()).map(({ state }) => state)).toEqual(['ran', 'ran', 'due'])
    expect(await listRuns(database, { limit: 10 })).toMatchObject([{ open: 2 }, { ok: 2 }])
  })

  test('starts no catch-up inside an excluded window, and one for the oldest when it is over', async () => {
    await lookedAt(days(3))
    await watch(job({ excluded: [hoursAround(new Date())] }))
    expect((await slots()).map(({ state }) => state)).toEqual(['due', 'due', 'due'])
    await watch(job())
    expect((await slots()).map(({ state }) => state)).toEqual(['ran', 'missed', 'missed'])
  })

  test('skips what was due inside an excluded window, and names it', async () => {
    await lookedAt(days(2))
    const excluded = hoursAround(firstDue(1))
    await watch(job({ excluded: [excluded] }))
    for (const slot of await slots())
      expect(slot).toMatchObject({ state: 'skipped', reason: `excluded: ${excluded.text} UTC` })
  })

  test('leaves what is too old to catch up, and says so', async () => {
    await lookedAt(days(2))
    await watch({ ...job(), startWithin: hours(1) })
    for (const slot of await slots()) {
      expect(slot).toMatchObject({
        state: 'missed',
        reason: expect.stringContaining('caught up within 1 h only'),
      })
    }
    expect(await listRuns(database, { limit: 10 })).toEqual([])
  })
})
