import { declaredSettings, type Job } from '../../../src/job/define-job'
import { type Incident, listIncidents } from '../../../src/ledger/gates/incidents'
import type { Database } from '../../../src/ledger/postgres/database'
import { slotHistory } from '../../../src/ledger/slots/slot-history'
import { tickBullId } from '../../../src/queue/bull-jobs'
import { runConsumer } from '../../../src/queue/run-consumer'
import { carryOutRun } from '../../../src/runs/slots/carry-out-run'
import { watchJobSchedulers } from '../../../src/runs/watchdog/watch-job-schedulers'
import { watchSlots } from '../../../src/runs/watchdog/watch-slots'
import { RunEvents, WatchEvents } from '../../../src/telemetry/events'
import { silentLogger } from '../../../src/telemetry/logger'
import { Metrics } from '../../../src/telemetry/metrics'
import { testDatabase } from '../../support/database'
import { madeUp } from '../../support/made-up-job'
import { TestQueues } from '../../support/queues'
import { until } from '../../support/until'

describe('watchJobSchedulers', () => {
  let database: Database
  let world: TestQueues
  beforeEach(async () => {
    database = await testDatabase()
    world = await TestQueues.open()
  })
  afterEach(async () => {
    await world[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  })

  const events = new WatchEvents(silentLogger)
  const every = (cron: string): Job => ({
    ...madeUp,
    effective: { ...declaredSettings(madeUp), cron, timezone: 'UTC' },
  })
  /** What the leader does in a round. */
  const round = async (job: Job) => {
    const watch = { database, queues: world.queues, events }
    await watchJobSchedulers(watch, [job])
    await watchSlots(watch, job)
  }
  const incidents = async (): Promise<Incident[]> => listIncidents(database, { all: true, limit: 10 })

  /** As a hand in Redis would: the tick that the schedule waits for is gone. */
  const removeTick = async (job: Job) => {
    const { next = 0 } = (await world.queues.runs.getJobScheduler(job.id)) ?? {}
    const id = tickBullId(job.id, new Date(next))
    await world.redis.del(world.queues.runs.toKey(id))
    await world.redis.zrem(world.queues.runs.toKey('delayed'), id)
  }

  test('tells nothing of what a deployment asks for', async () => {
    await round(every('0 5 * * *'))
    await round(every('0 5 * * *'))
    await round(every('0 6 * * *'))
    expect(await incidents()).toEqual([])
  })

  test('puts back a tick that somebody removed, and leaves an incident that is over', async () => {
    const job = every('0 5 * * *')
    await round(job)
    await removeTick(job)
    await round(job)
    await round(job)
    expect(await incidents()).toEqual([
      expect.objectContaining({
        kind: 'schedule-repaired',
        subject: 'job dealertrend',
        job: 'dealertrend',
        message: expect.stringContaining('the job scheduler had lost its next tick in Redis'),
        details: { change: 'restored' },
        closing: expect.stringContaining('put back'),
      }),
    ])
  })

  test('tells again of a second time', async () => {
    const job = every('0 5 * * *')
    await round(job)
    for (const _ of [1, 2]) {
      await removeTick(job)
      await round(job)
    }
    expect(await incidents()).toHaveLength(2)
  })

  test.each([
    ['its tick was removed', async (job: Job) => removeTick(job)],
    [
      'it was removed as a whole',
      async (job: Job) => void (await world.queues.runs.removeJobScheduler(job.id)),
    ],
    ['Redis was wiped', async () => world.wipe()],
  ])('lets the next slot run by its own tick although %s', async (_, damage) => {
    const job = every('*/2 * * * * *')
    const carryOut = carryOutRun(
      database,
      new Map([[job.id, job]]),
      new RunEvents(silentLogger, new Metrics('test')),
    )
    await round(job)
    await damage(job)
    await until('the damage was found', async () => {
      await round(job)
      return (await incidents()).length > 0
    })
    await using consumer = runConsumer(
      {
        connection: world.blocking,
        prefix: world.prefix,
        queue: 'runs',
        concurrency: 1,
        onError: () => undefined,
      },
      carryOut,
      world.syncJobs,
    )
    await consumer.start()

    const [repair] = await incidents()
    const slot = await until('a later slot ran', async () => {
      const slots = await slotHistory(database, { job: job.id, limit: 100 })
      return slots.find(({ dueAt, run }) => repair && dueAt > repair.openedAt && run?.kind === 'slot')
    })
    expect(slot).toMatchObject({ state: 'ran', run: { state: 'ok' } })
  })
})
