import { openPauses } from '../../../src/ledger/control/pauses'
import type { Database } from '../../../src/ledger/postgres/database'
import { hours } from '../../../src/lib/durations'
import { pause, resume } from '../../../src/runs/control/pause'
import { watchPauses } from '../../../src/runs/watchdog/watch-pauses'
import { WatchEvents } from '../../../src/telemetry/events'
import { LogCollector } from '../../support/conformance/log-collector'
import { testDatabase } from '../../support/database'
import { ana, moveBack, toolsOf } from '../../support/pausing'
import { TestQueues } from '../../support/queues'

const job = { scope: 'job', id: 'ctm' } as const
const everything = { scope: 'everything' } as const

describe('watchPauses', () => {
  let database: Database
  let world: TestQueues
  let log: LogCollector
  beforeEach(async () => {
    database = await testDatabase()
    world = await TestQueues.open()
    log = new LogCollector()
  })
  afterEach(async () => {
    await world[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  })

  /** What the leader does in a round. */
  const round = async () => watchPauses({ database, queues: world.queues, events: new WatchEvents(log) })
  const messages = () => log.lines.map((line) => (JSON.parse(line) as { message: string }).message)
  const told = (message: string) => messages().filter((line) => line === message).length
  const paused = async () => {
    const states = await Promise.all(world.queues.all.map(async (queue) => queue.isPaused()))
    return world.queues.all.filter((_, index) => states[index]).map(({ name }) => name)
  }
  const order = { by: ana, reason: 'why' }

  test('pauses and resumes a job’s queue as the ledger says, told once each', async () => {
    const away = toolsOf(database)
    await pause(away, job, order)
    expect(await paused()).toEqual([])
    await round()
    await round()
    expect(await paused()).toEqual(['ctm'])
    await resume(away, job, { by: ana })
    await round()
    await round()
    expect(await paused()).toEqual([])
    expect([told('queue paused'), told('queue resumed')]).toEqual([1, 1])
  })

  test('has nothing left to do where the act reached the queues itself', async () => {
    const tools = toolsOf(database, world)
    await pause(tools, job, order)
    expect(await paused()).toEqual(['ctm'])
    await pause(tools, everything, order)
    expect(await paused()).toEqual(world.queues.all.map(({ name }) => name).filter((name) => name !== 'runs'))
    await resume(tools, everything, { by: ana })
    expect(await paused()).toEqual(['ctm'])
    await resume(tools, job, { by: ana })
    expect(await paused()).toEqual([])
    await round()
    expect(messages()).toEqual([])
  })

  test('pauses again after Redis lost its memory', async () => {
    await pause(toolsOf(database, world), job, order)
    await world.wipe()
    expect(await paused()).toEqual([])
    await round()
    expect(await paused()).toEqual(['ctm'])
  })

  test('ends what is over, in the name of the system, and leaves the rest alone', async () => {
    const tools = toolsOf(database, world)
    await pause(tools, job, { ...order, until: new Date(Date.now() + hours(1)) })
    await pause(tools, { scope: 'job', id: 'cdk' }, { ...order, until: new Date(Date.now() + hours(3)) })
    await moveBack(database, hours(2))
    await round()
    await round()
    expect(await openPauses(database)).toMatchObject([{ subject: 'cdk' }])
    expect(await paused()).toEqual(['cdk'])
    expect(told('pause is over')).toBe(1)
    const { rows } = await database.query(
      `select actor, via, action, subject, reason from audit_log where actor = 'system'`,
    )
    expect(rows).toEqual([
      { actor: 'system', via: 'system', action: 'resume', subject: 'job ctm', reason: 'its time was over' },
    ])
    const { rows: ended } = await database.query(
      'select ended_at = until as "onTime" from pauses where ended_at is not null',
    )
    expect(ended).toEqual([{ onTime: true }])
  })

  test('takes over what somebody paused in Redis, and lets go of it when that is resumed in the ledger', async () => {
    await world.queues.of('ctm').pause()
    await world.queues.runs.pause()
    await round()
    await round()
    const reason = 'its queue was paused outside of the dashboard'
    expect(await openPauses(database)).toMatchObject([
      { scope: 'everything', pausedBy: 'system', reason, until: null },
      { scope: 'job', subject: 'ctm', pausedBy: 'system', reason },
    ])
    expect(told('queue found paused: taken over as a pause')).toBe(2)
    // Ticks go on: they settle the slots.
    expect(await world.queues.runs.isPaused()).toBe(false)

    await resume(toolsOf(database), everything, { by: ana })
    await resume(toolsOf(database), job, { by: ana })
    await round()
    await round()
    expect(await paused()).toEqual([])
    expect(await openPauses(database)).toEqual([])
  })
})
