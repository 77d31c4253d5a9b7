import { NotReadyError, VendorAuthError } from '../../../src/job/errors'
import { minutes, seconds } from '../../../src/lib/durations'
import { carryOutCancellations } from '../../../src/runs/cancel/carry-out-cancellations'
import { pause, resume } from '../../../src/runs/control/pause'
import { watchRunDeadlines } from '../../../src/runs/watchdog/watch-runs'
import { WatchEvents } from '../../../src/telemetry/events'
import { silentLogger } from '../../../src/telemetry/logger'
import { GatedJob } from '../../support/gated-job'
import { madeUpJob } from '../../support/made-up-job'
import { ana, moveBack, toolsOf } from '../../support/pausing'

const job = { scope: 'job', id: 'dealertrend' } as const
const order = { by: ana, reason: 'budget review' }

describe('a pause', () => {
  test.each([
    ['everything', () => ({ scope: 'everything' }) as const],
    ['its job', () => job],
    ['its client', () => ({ scope: 'client', id: 'dealertrend-client-1' }) as const],
    ['its account', (id: string) => ({ scope: 'account', id }) as const],
  ])('of %s has a waiting sync wait without an attempt, and go on when it is over', async (_, targetOf) => {
    await using world = await GatedJob.open(2)
    const { engine } = world
    const [first = '', second = ''] = engine.accounts
    const target = targetOf(first)
    const { syncIds } = await engine.plan()
    const [paused = '', other = ''] = syncIds
    const tools = toolsOf(engine.database)
    await pause(tools, target, order)
    const verdicts = await world.attempts(syncIds)
    expect(verdicts[0]).toEqual({ kind: 'wait', after: seconds(15) })
    expect(await engine.sync(paused)).toMatchObject({
      state: 'waiting',
      attempts: 0,
      reason: expect.stringMatching(/ paused by ana: budget review$/),
      wait_until: expect.any(Date),
    })
    expect(await engine.rows(`select kind from sync_waits where sync_id = ${paused}`)).toEqual([
      { kind: 'pause' },
    ])
    const isOne = target.scope === 'client' || target.scope === 'account'
    expect(await world.read()).toEqual(isOne ? [second] : [])
    await resume(tools, target, { by: ana })
    await world.attempts(isOne ? [paused] : [paused, other])
    expect(await world.read()).toEqual([first, second])
  })

  test('keeps the leader from following up until it is over', async () => {
    await using world = await GatedJob.open(2)
    const { engine } = world
    const [first = '', second = ''] = engine.accounts
    const tools = toolsOf(engine.database)
    world.answer = () => new NotReadyError('the extract takes long', minutes(40))
    const { syncIds } = await engine.plan()
    await world.attempts(syncIds)
    world.answer = () => undefined
    await world.dueNow()
    await pause(tools, job, order)
    await world.watch()
    expect(await world.followUps()).toEqual([])

    await resume(tools, job, { by: ana })
    await pause(tools, { scope: 'account', id: first }, order)
    await world.watch()
    await world.attempts(await world.open())
    expect(await world.read()).toEqual([second])
    await resume(tools, { scope: 'account', id: first }, { by: ana })
    await world.watch()
    await world.attempts(await world.open())
    expect(await world.read()).toEqual([first, second])
    expect(await world.followUps()).toHaveLength(2)
  })

  test('stops the clock of a run’s deadline', async () => {
    await using world = await GatedJob.open(1)
    const { database } = world.engine
    await world.engine.plan()
    await database.query(`update runs set started_at = started_at - interval '2 hours'`)
    const settings = { runDeadline: minutes(60) }
    const cancelled = async () => {
      await watchRunDeadlines(database, [madeUpJob(settings)], new WatchEvents(silentLogger))
      return (await database.query('select 1 from cancellations')).rowCount
    }
    await pause(toolsOf(database), job, order)
    expect(await cancelled()).toBe(0)
    await resume(toolsOf(database), job, { by: ana })
    expect(await cancelled()).toBe(0)
    await moveBack(database, minutes(61))
    expect(await cancelled()).toBe(1)
  })

  test('of an account or a client lets its own syncs end at the deadline without an error', async () => {
    await using world = await GatedJob.open(3)
    const { database, accounts } = world.engine
    await world.engine.plan()
    await database.query(`update runs set started_at = started_at - interval '2 hours'`)
    const tools = toolsOf(database)
    await pause(tools, { scope: 'account', id: accounts[0] ?? '' }, order)
    await pause(tools, { scope: 'client', id: 'dealertrend-client-2' }, order)
    const events = new WatchEvents(silentLogger)
    await watchRunDeadlines(database, [madeUpJob({ runDeadline: minutes(60) })], events)
    await carryOutCancellations(database, { patience: 0 })
    const [ofAccount, ofClient, other] = await world.engine.rows(
      'select state, reason, error_code from syncs order by id',
    )
    expect(ofAccount).toEqual({
      state: 'cancelled',
      reason: expect.stringMatching(/deadline of 1 h; account \d+ paused by ana: /),
      error_code: null,
    })
    expect(ofClient).toMatchObject({
      reason: expect.stringContaining('client dealertrend-client-2 paused by'),
    })
    expect(other).toMatchObject({ state: 'cancelled', error_code: 'run_deadline' })
    expect(await world.engine.rows('select state from runs')).toEqual([{ state: 'partial' }])
  })
  test('of the account that was to try a parked credential leaves the try to another one', async () => {
    await using world = await GatedJob.open(2)
    const { accounts } = world.engine
    world.answer = () => new VendorAuthError('the token was revoked')
    await world.attempts((await world.engine.plan()).syncIds)
    world.answer = () => undefined
    await world.dueNow()
    await world.watch()
    const [probe = ''] = await world.open()
    const [tried] = await world.engine.rows(`select account_id as id from syncs where id = ${probe}`)
    await pause(toolsOf(world.engine.database), { scope: 'account', id: String(tried?.['id']) }, order)
    await world.dueNow()
    await world.watch()
    await world.attempts(await world.open())
    expect(await world.read()).toEqual(accounts.filter((id) => id !== String(tried?.['id'])))
  })
})
