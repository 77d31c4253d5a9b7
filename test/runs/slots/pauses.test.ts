import type { Database } from '../../../src/ledger/postgres/database'
import { slotHistory } from '../../../src/ledger/slots/slot-history'
import { listRuns } from '../../../src/ledger/work/runs'
import { syncsOfRun } from '../../../src/ledger/work/run-syncs'
import { hours, minutes } from '../../../src/lib/durations'
import { pause, resume } from '../../../src/runs/control/pause'
import { askWhy } from '../../../src/runs/slots/ask-why'
import { carryOutRun } from '../../../src/runs/slots/carry-out-run'
import { planSlot } from '../../../src/runs/slots/plan-run'
import { watchSlots } from '../../../src/runs/watchdog/watch-slots'
import { RunEvents, WatchEvents } from '../../../src/telemetry/events'
import { silentLogger } from '../../../src/telemetry/logger'
import { Metrics } from '../../../src/telemetry/metrics'
import { testDatabase } from '../../support/database'
import { someAccounts } from '../../support/ledger'
import { madeUpJob } from '../../support/made-up-job'
import { ana, moveBack, toolsOf } from '../../support/pausing'
import { TestQueues } from '../../support/queues'

const target = { scope: 'job', id: 'dealertrend' } as const
const everything = { scope: 'everything' } as const
const order = { by: ana, reason: 'budget review' }

/** Due every minute of the day, so that what is due may be chosen to the minute. */
const job = { ...madeUpJob({ cron: '* * * * *', timezone: 'UTC' }), startWithin: hours(4) }

describe('a slot of a paused job', () => {
  let database: Database
  let accounts: readonly string[]
  beforeEach(async () => {
    database = await testDatabase()
    accounts = await someAccounts(database, 'dealertrend', 3)
  })
  afterEach(async () => database[Symbol.asyncDispose]())

  const ago = (duration: number) => {
    const at = Date.now() - duration
    return new Date(at - (at % minutes(1)))
  }
  const tools = () => toolsOf(database)
  const runs = async () => listRuns(database, { limit: 10 })

  test('is settled as paused, with whose pause it was, until when and why; the next one after it runs', async () => {
    const until = new Date('2098-01-02T06:00:00Z')
    await pause(tools(), target, { ...order, until })
    const reason = 'job dealertrend paused by ana until 2098-01-02 06:00:00 UTC: budget review'
    expect(await planSlot(database, job, ago(minutes(2)))).toEqual({ slot: { state: 'paused', reason } })
    expect(await slotHistory(database, { job: job.id, limit: 9 })).toMatchObject([
      { state: 'paused', reason, runId: null },
    ])
    await resume(tools(), target, { by: ana })
    await moveBack(database, minutes(10))
    expect(await planSlot(database, job, ago(minutes(1)))).toMatchObject({ fresh: true })
    expect(await runs()).toHaveLength(1)
  })

  test('is not caught up on when the pause is over, neither by a late tick nor by the leader', async () => {
    await pause(tools(), everything, { ...order, until: new Date(Date.now() + hours(1)) })
    await moveBack(database, hours(2))
    // By now it lasted from two hours to one hour ago.
    const during = ago(hours(1.5))
    expect(await planSlot(database, job, during)).toMatchObject({ slot: { state: 'paused' } })

    await database.query(
      `insert into schedules (job, cron, timezone, checked_until) values ('dealertrend', '* * * * *', 'UTC', $1)`,
      [ago(hours(1) + minutes(5))],
    )
    await using world = await TestQueues.open()
    await watchSlots({ database, queues: world.queues, events: new WatchEvents(silentLogger) }, job)
    const settled = await slotHistory(database, { job: job.id, limit: 200 })
    const end = ago(hours(1)).getTime()
    const states = (of: typeof settled) => [...new Set(of.map(({ state }) => state))]
    expect(states(settled.filter(({ dueAt }) => dueAt.getTime() < end - minutes(1)))).toEqual(['paused'])
    expect(await runs()).toMatchObject([{ kind: 'catch-up', syncs: 3 }])
    const [run] = await runs()
    expect(run?.dueAt?.getTime()).toBeGreaterThanOrEqual(end - minutes(1))
  })

  test('is not caught up on while the pause lasts', async () => {
    await pause(tools(), target, order)
    await database.query(
      `insert into schedules (job, cron, timezone, checked_until) values ('dealertrend', '* * * * *', 'UTC', $1)`,
      [ago(minutes(20))],
    )
    await using world = await TestQueues.open()
    await watchSlots({ database, queues: world.queues, events: new WatchEvents(silentLogger) }, job)
    const slots = await slotHistory(database, { job: job.id, limit: 200 })
    expect(slots.filter(({ state }) => state === 'paused').length).toBeGreaterThanOrEqual(19)
    expect(await runs()).toEqual([])
  })

  test('is explained, also one that is still to come', async () => {
    await pause(tools(), target, { ...order, until: new Date('2098-01-02T06:00:00Z') })
    const why = async (at: Date) => (await askWhy(database, job, at, async () => 'none')).reason
    const words = 'job dealertrend paused by ana until 2098-01-02 06:00:00 UTC: budget review'
    const due = ago(minutes(2))
    await planSlot(database, job, due)
    expect(await why(due)).toContain(`and was paused: ${words}.`)
    expect(await why(new Date('2098-01-02T05:59:00Z'))).toContain(`and will not run: ${words}.`)
    expect(await why(new Date('2098-01-02T06:00:00Z'))).toContain('and will run.')
    const yearly = madeUpJob({ cron: '0 5 2 1 *', timezone: 'UTC' })
    const notDue = await askWhy(database, yearly, new Date('2097-06-01T00:00:00Z'), async () => 'none')
    expect(notDue.reason).toContain(`(2098-01-02T05:00:00Z), which will not run: ${words}.`)
  })

  test('leaves out of a run the accounts that are paused, or whose client is, and owes them nothing', async () => {
    const [first = '', second = ''] = accounts
    await pause(tools(), { scope: 'account', id: first }, order)
    await pause(tools(), { scope: 'client', id: 'dealertrend-client-2' }, order)
    const planned = await planSlot(database, job, ago(0))
    if (!('runId' in planned)) throw new Error('no run')
    const syncs = await syncsOfRun(database, planned.runId)
    expect(Object.fromEntries(syncs.map(({ client, state, reason }) => [client, [state, reason]]))).toEqual({
      'dealertrend-client-1': ['skipped', `account ${first} paused by ana: budget review`],
      'dealertrend-client-2': ['skipped', 'client dealertrend-client-2 paused by ana: budget review'],
      'dealertrend-client-3': ['waiting', null],
    })
    const { rows } = await database.query(
      'select account_id from syncs where kept_out and account_id = any ($1)',
      [[first, second]],
    )
    expect(rows).toEqual([])
  })

  test('is no way round it: a run that Bull Board asks for is refused', async () => {
    await pause(tools(), target, order)
    const events = new RunEvents(silentLogger, new Metrics('test'))
    const carryOut = carryOutRun(database, new Map([[job.id, job]]), events)
    const { id: jobId, version } = job
    expect(await carryOut({ kind: 'manual', jobId, version, requestKey: 'k' })).toEqual({
      kind: 'settled',
      result: { run: 'refused', reason: 'job dealertrend paused by ana: budget review' },
    })
    expect(await runs()).toEqual([])
  })
})
