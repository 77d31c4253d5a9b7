import { NotReadyError } from '../../../src/job/errors'
import { minutes, seconds } from '../../../src/lib/durations'
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

  test('of an account or a client stops that clock for its own syncs, and for no others', async () => {
    await using world = await GatedJob.open(3)
    const { database, accounts } = world.engine
    const { syncIds } = await world.engine.plan()
    const [ofAccount, ofClient, other] = syncIds
    await database.query(`update runs set started_at = started_at - interval '2 hours'`)
    const ended = async () => {
      const events = new WatchEvents(silentLogger)
      await watchRunDeadlines(database, [madeUpJob({ runDeadline: minutes(60) })], events)
      return (await world.engine.rows('select sync_id from cancellations order by 1')).map(
        (row) => row['sync_id'],
      )
    }
    const account = { scope: 'account', id: accounts[0] ?? '' } as const
    const client = { scope: 'client', id: 'dealertrend-client-2' } as const
    const tools = toolsOf(database)
    await pause(tools, account, order)
    await pause(tools, client, order)
    expect([await ended(), await ended()]).toEqual([[other], [other]])
    expect(await world.engine.rows(`select after from audit_log where actor = 'system'`)).toEqual([
      { after: { syncs: 1 } },
    ])
    await resume(tools, account, { by: ana })
    expect(await ended()).toEqual([other])
    await moveBack(database, minutes(61))
    expect(await ended()).toEqual([ofAccount, other])
    await resume(tools, client, { by: ana })
    await moveBack(database, minutes(61))
    expect(await ended()).toEqual([ofAccount, ofClient, other])
  })
})
