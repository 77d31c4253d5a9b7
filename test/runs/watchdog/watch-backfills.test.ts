import { listBackfills } from '../../../src/ledger/backfills/backfills'
import { days } from '../../../src/lib/durations'
import { runsQueue } from '../../../src/queue/bull-jobs'
import { runConsumer } from '../../../src/queue/run-consumer'
import { syncConsumer } from '../../../src/queue/sync-consumer'
import { requestBackfill } from '../../../src/runs/backfills/backfill-work'
import { carryOutRun } from '../../../src/runs/slots/carry-out-run'
import { watchBackfills } from '../../../src/runs/watchdog/watch-backfills'
import { RunEvents, WatchEvents } from '../../../src/telemetry/events'
import { Metrics } from '../../../src/telemetry/metrics'
import { ctmWorld } from '../../support/ctm-world'
import { until } from '../../support/until'

describe('watchBackfills', () => {
  test('takes a backfill from its first window to its end, by way of the queues', async () => {
    await using world = await ctmWorld({ calls: 300, every: days(50) / 300 })
    const { engine, worker } = world
    const { database, job, log } = engine
    const { queues, blocking, prefix, syncJobs } = engine.queues
    const account = world.account
    await database.transaction((sql) =>
      requestBackfill(sql, job, {
        days: { from: '2026-08-15', to: '2026-10-30' },
        streams: null,
        accountIds: [account.id],
        requestedBy: 'ada',
      }),
    )
    const shared = { connection: blocking, prefix, onError: (error: Error) => log.error(error.message) }
    const carryOut = carryOutRun(database, new Map([[job.id, job]]), new RunEvents(log, new Metrics('test')))
    await using runs = runConsumer({ ...shared, queue: runsQueue, concurrency: 1 }, carryOut, syncJobs)
    await using syncs = syncConsumer({ ...shared, queue: job.id, concurrency: 1 }, async ({ syncId }) =>
      worker.attempt(syncId),
    )
    await Promise.all([runs.start(), syncs.start()])

    const events = new WatchEvents(log)
    const done = await until('the backfill is done', async () => {
      await watchBackfills({ database, queues, jobs: [job], events })
      const [backfill] = await listBackfills(database, { limit: 1 })
      return backfill?.state === 'done' && backfill
    })
    expect(done).toMatchObject({ windows: 3, done: 3, failed: 0 })
    expect(await world.differences(account)).toEqual([])
    const told = log.lines.filter((line) => line.includes('"backfill'))
    expect(told.map((line) => (JSON.parse(line) as { message: string }).message)).toEqual([
      'backfill run started',
      'backfill run started',
      'backfill run started',
      'backfill done',
    ])
    const parents = await queues.runs.getCompleted()
    expect(parents.map(({ returnvalue }) => returnvalue)).toContainEqual(
      expect.objectContaining({ state: 'ok' }),
    )
  })

  test('leaves one alone whose job is off, or not known to this build', async () => {
    await using world = await ctmWorld()
    const { engine } = world
    const { database, job } = engine
    await database.transaction((sql) =>
      requestBackfill(sql, job, {
        days: { from: '2026-10-01', to: '2026-10-02' },
        streams: null,
        accountIds: [world.account.id],
        requestedBy: 'ada',
      }),
    )
    const events = new WatchEvents(engine.log)
    const off = { ...job, effective: { ...job.effective, mode: 'off' as const } }
    for (const jobs of [[], [off]])
      await watchBackfills({ database, queues: engine.queues.queues, jobs, events })
    expect((await database.query(`select 1 from runs where kind = 'backfill'`)).rowCount).toBe(0)
  })
})
