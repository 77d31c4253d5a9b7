import type { ActedBy } from '../../../src/ledger/audit'
import { listOverrides, openOverrides } from '../../../src/ledger/control/overrides'
import type { Database } from '../../../src/ledger/postgres/database'
import { hours } from '../../../src/lib/durations'
import type { ActTools } from '../../../src/runs/control/act-tools'
import { liveJobOf } from '../../../src/runs/control/live-jobs'
import { reschedule, revertOverride, setConcurrency, setRate } from '../../../src/runs/control/override'
import { driftOf } from '../../../src/runs/control/override-in-words'
import { testDatabase } from '../../support/database'
import { madeUpJob } from '../../support/made-up-job'

describe('an override', () => {
  let database: Database
  let tools: ActTools
  beforeEach(async () => {
    database = await testDatabase()
    const queues = () => Promise.reject(new Error('no override needs Redis'))
    tools = { database, queues, signal: new AbortController().signal }
  })
  afterEach(async () => database[Symbol.asyncDispose]())

  const by: ActedBy = { actor: 'ana', via: 'dashboard', origin: '10.0.0.7' }
  const order = { by, reason: 'the vendor asked us to' }
  const job = madeUpJob()
  const audit = async () => {
    const { rows } = await database.query(
      `select actor, via, origin, action, subject, before, after, reason from audit_log order by id`,
    )
    return rows
  }

  test('of each setting is what the job goes by, with an audit row of before and after', async () => {
    const until = new Date(Date.now() + hours(30))
    await reschedule(tools, job, { cron: '*/20 * * * *' }, { ...order, until })
    await setConcurrency(tools, job, 5, order)
    await setRate(tools, job, 50, order)
    await setRate(tools, job, 25, order)

    const live = await liveJobOf(database, job)
    expect(live.effective).toEqual({ ...job.effective, cron: '*/20 * * * *', concurrency: 5 })
    expect(live).toMatchObject({ ratePercent: 25, declared: job.effective })
    const act = { actor: 'ana', via: 'dashboard', origin: '10.0.0.7', subject: 'job dealertrend' }
    const [declared, changed] = ['0 * * * *', '*/20 * * * *'].map((cron) => ({
      cron,
      timezone: 'America/Chicago',
    }))
    expect(await audit()).toEqual([
      {
        ...act,
        action: 'reschedule',
        before: { schedule: declared },
        after: { schedule: changed, until: until.toISOString() },
        reason: order.reason,
      },
      expect.objectContaining({
        action: 'set concurrency',
        before: { concurrency: { concurrency: 2 } },
        after: { concurrency: { concurrency: 5 }, until: null },
      }),
      expect.objectContaining({ action: 'set rate', before: { rate: { percent: 100 } } }),
      expect.objectContaining({
        action: 'set rate',
        before: { rate: { percent: 50 } },
        after: { rate: { percent: 25 }, until: null },
      }),
    ])
  })

  test('ends when it is reverted, and stays in the list', async () => {
    await setRate(tools, job, 50, order)
    await revertOverride(tools, job, 'rate', { by, reason: 'they take all again' })

    expect((await liveJobOf(database, job)).ratePercent).toBe(100)
    expect((await audit()).at(-1)).toMatchObject({
      action: 'revert',
      before: { rate: { percent: 50 } },
      after: { rate: { percent: 100 } },
      reason: 'they take all again',
    })
    expect(await listOverrides(database, { job: job.id, limit: 5 })).toEqual([
      expect.objectContaining({ setting: 'rate', endedBy: 'ana', endReason: 'they take all again' }),
    ])
    await expect(revertOverride(tools, job, 'rate', { by })).rejects.toMatchObject({ refusal: 'conflict' })
  })

  test('of seconds is for where the settings may have them', async () => {
    await expect(reschedule(tools, job, { cron: '*/20 * * * * *' }, order)).rejects.toMatchObject({
      refusal: 'invalid',
      message: expect.stringContaining('expected a cron pattern of five fields'),
    })
    expect(await audit()).toEqual([])
    await reschedule({ ...tools, allowsSeconds: true }, job, { cron: '*/20 * * * * *' }, order)
    expect((await liveJobOf(database, job)).effective.cron).toBe('*/20 * * * * *')
  })

  test('is refused out of bounds, without a reason, and for a time that is over', async () => {
    const invalid = { refusal: 'invalid' }
    await expect(setConcurrency(tools, job, 101, order)).rejects.toMatchObject(invalid)
    await expect(setRate(tools, job, 0.5, order)).rejects.toMatchObject(invalid)
    await expect(setRate(tools, job, 50, { ...order, reason: ' ' })).rejects.toMatchObject(invalid)
    const over = new Date(Date.now() - hours(1))
    await expect(setRate(tools, job, 50, { ...order, until: over })).rejects.toMatchObject(invalid)
    expect(await openOverrides(database)).toEqual([])
  })

  test('of what is configured anyway is refused, and points at the revert where there is an override', async () => {
    await expect(setConcurrency(tools, job, 2, order)).rejects.toMatchObject({
      refusal: 'conflict',
      message: expect.stringContaining('nothing to change'),
    })
    await setConcurrency(tools, job, 7, order)
    await expect(setConcurrency(tools, job, 2, order)).rejects.toThrow('revert the override')
    expect((await liveJobOf(database, job)).effective.concurrency).toBe(7)
  })

  test('survives another configuration, and shows as drift from what that says', async () => {
    await setConcurrency(tools, job, 5, order)
    const [before] = driftOf(await liveJobOf(database, job))
    const [moved] = driftOf(await liveJobOf(database, madeUpJob({ concurrency: 3 })))
    const [caughtUp] = driftOf(await liveJobOf(database, madeUpJob({ concurrency: 5 })))

    expect(before).toMatchObject({ differs: true, movedOn: false, configured: { concurrency: 2 } })
    expect(before?.inWords).toBe(
      '5 syncs at once in each worker until reverted, by ana: the vendor asked us to; configured: 2 syncs at once in each worker',
    )
    expect(moved).toMatchObject({ differs: true, movedOn: true, configured: { concurrency: 3 } })
    expect(moved?.inWords).toMatch(
      /configured: 3 syncs .*, and 2 syncs at once in each worker when it was made$/,
    )
    expect(caughtUp).toMatchObject({ differs: false, movedOn: true })
  })
})
