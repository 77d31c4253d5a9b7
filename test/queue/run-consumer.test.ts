import { syncBullId, tickBullId, type RunData, type SyncData, type TickData } from '../../src/queue/bull-jobs'
import { Consumer } from '../../src/queue/consumer'
import { alignJobSchedulers } from '../../src/queue/job-schedulers'
import { runConsumer, type CarryOutRun, type RunOrder } from '../../src/queue/run-consumer'
import { addRunJob } from '../../src/queue/run-jobs'
import type { QueuedSync } from '../../src/queue/sync-jobs'
import { deferred, type Deferred } from '../support/deferred'
import { TestQueues } from '../support/queues'
import { until } from '../support/until'

describe('runConsumer', () => {
  let world: TestQueues
  let orders: RunOrder[]
  /** What the ledger of these tests says: runs with open syncs; all others are settled. */
  let open: Map<string, QueuedSync[]>
  let runs: Consumer<TickData | RunData>
  let syncs: Consumer<SyncData> | undefined

  const carryOut: CarryOutRun = async (order) => {
    orders.push(order)
    if (order.version > 1) return { kind: 'newer', after: 60_000 }
    const still = order.kind === 'run' ? (open.get(order.runId) ?? []) : []
    return still.length > 0
      ? { kind: 'open', syncs: still, fresh: false }
      : { kind: 'settled', result: { state: 'ok' } }
  }

  beforeEach(async () => {
    world = await TestQueues.open()
    orders = []
    open = new Map()
    syncs = undefined
    runs = runConsumer({ ...shared(), queue: 'runs' }, carryOut, world.syncJobs)
    await runs.start()
  })
  afterEach(async () => {
    await runs[Symbol.asyncDispose]()
    await syncs?.[Symbol.asyncDispose]()
    await world[Symbol.asyncDispose]()
  })

  const shared = () => ({
    connection: world.blocking,
    prefix: world.prefix,
    // One place only: a run that held it while it waits would show.
    concurrency: 1,
    onError: () => undefined,
  })
  const sync = (syncId: string): QueuedSync => ({ syncId, job: 'ctm', version: 1 })
  /** Opens syncs in the ledger of these tests and queues their run. */
  const start = async (runId: string, ...syncIds: string[]): Promise<void> => {
    open.set(runId, syncIds.map(sync))
    await addRunJob(world.queues, { id: runId, version: 1 })
  }
  const settle = (runId: string): void => void open.delete(runId)
  /** A worker that performs syncs once it is let. */
  const perform = async (gate: Deferred<void> = deferred()): Promise<Deferred<void>> => {
    syncs = new Consumer<SyncData>({
      ...shared(),
      queue: 'ctm',
      handle: async () => {
        await gate.promise
        return { kind: 'done', result: null }
      },
    })
    await syncs.start()
    return gate
  }
  const reached = async (id: string, state: string) =>
    until(`${id} is ${state}`, async () => (await world.queues.runs.getJobState(id)) === state)

  describe('reads an order', () => {
    test('of a due instant from the id that the job scheduler gave its tick', async () => {
      const declared = { jobId: 'ctm', version: 1, cron: '0 5 * * *', timezone: 'UTC' }
      await alignJobSchedulers(
        world.queues,
        [declared],
        () => undefined,
        async () => new Date(),
      )
      const dueAt = new Date((await world.queues.runs.getJobScheduler('ctm'))?.next ?? 0)
      await (await world.queues.runs.getJob(tickBullId('ctm', dueAt)))?.promote()
      await reached(tickBullId('ctm', dueAt), 'completed')
      expect(orders).toEqual([{ kind: 'tick', jobId: 'ctm', version: 1, dueAt }])
    })

    test('by hand from a plain job of the template, the same one again when it is repeated', async () => {
      const data: TickData = { kind: 'tick', jobId: 'ctm', version: 1 }
      const { id = '', timestamp } = await world.queues.runs.add('tick', data)
      await reached(id, 'completed')
      await (await world.queues.runs.getJob(id))?.retry('completed')
      await until('it was looked at again', async () => orders.length === 2)
      const requestKey = `bull-job ${id} ${timestamp}`
      const order = { kind: 'manual', jobId: 'ctm', version: 1, requestKey }
      expect(orders).toEqual([order, order])
    })

    test('of a run that the ledger has, which is queued once', async () => {
      await Promise.all([
        addRunJob(world.queues, { id: '7', version: 1 }),
        addRunJob(world.queues, { id: '7', version: 1 }),
      ])
      await reached('run-7', 'completed')
      expect(orders).toEqual([{ kind: 'run', runId: '7', version: 1 }])
      expect((await world.queues.runs.getJob('run-7'))?.returnvalue).toEqual({ state: 'ok' })
    })

    test('for a newer worker by leaving it to that', async () => {
      await addRunJob(world.queues, { id: '7', version: 2 })
      await reached('run-7', 'delayed')
      expect((await world.queues.runs.getJob('run-7'))?.attemptsMade).toBe(0)
    })
  })

  test('waits for the syncs of a run without holding a place', async () => {
    await start('7', '1', '2')
    await reached('run-7', 'waiting-children')
    await start('8')
    await reached('run-8', 'completed')

    const gate = await perform()
    settle('7')
    gate.resolve()
    await reached('run-7', 'completed')
    expect(await world.queues.of('ctm').getCompletedCount()).toBe(2)
    const run = await world.queues.runs.getJob('run-7')
    expect(run).toMatchObject({ attemptsMade: 1, returnvalue: { state: 'ok' } })
  })

  test('goes on from the ledger where the syncs’ jobs were drained: those still open are queued again', async () => {
    await start('7', '1', '2')
    await reached('run-7', 'waiting-children')
    await world.queues.of('ctm').drain()
    await until('both are queued again', async () => (await world.queues.of('ctm').getWaitingCount()) === 2)
    await reached('run-7', 'waiting-children')

    settle('7')
    ;(await perform()).resolve()
    await reached('run-7', 'completed')
    expect(orders).toHaveLength(3)
  })

  test('goes on from the ledger where a sync’s job was removed after the sync was settled', async () => {
    await start('7', '1')
    await reached('run-7', 'waiting-children')
    settle('7')
    await world.queues.of('ctm').remove(syncBullId('1'))
    await reached('run-7', 'completed')
    expect(orders).toHaveLength(2)
  })

  test('looks again at a run whose syncs were queued without it', async () => {
    await world.syncJobs.addMissing([sync('1')])
    await start('7', '1')
    await reached('run-7', 'delayed')
    const run = await world.queues.runs.getJob('run-7')
    expect(run).toMatchObject({ attemptsMade: 0 })
    expect(run?.delay).toBeLessThanOrEqual(5000)
    settle('7')
    await run?.promote()
    await reached('run-7', 'completed')
    expect(orders).toHaveLength(2)
  })

  test('waits for a child that is still queued although the ledger has settled the run', async () => {
    await world.queues.runs.pause()
    await start('7', '1')
    await world.syncJobs.addMissing([sync('1')], { id: 'run-7', queue: world.queues.runs.qualifiedName })
    settle('7')
    await world.queues.runs.resume()
    await reached('run-7', 'waiting-children')
    ;(await perform()).resolve()
    await reached('run-7', 'completed')
    expect(orders).toHaveLength(2)
  })
})
