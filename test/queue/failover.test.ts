import { queuesAnswer } from '../../src/queue/queues'
import { newSyncs, QueueProcess } from '../support/queue-process'
import { withRedisServer } from '../support/redis-nodes'
import type { Topology } from '../support/redis-ground'
import { startCluster, startSentinels } from '../support/redis-topologies'
import { until } from '../support/until'

const succeeds = async (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  )

const outageOfBoth = [
  'producer: redis back',
  'producer: redis lost',
  'worker: redis back',
  'worker: redis lost',
]

withRedisServer.each([
  ['Sentinels', startSentinels],
  ['a cluster', startCluster],
] as const)('over %s whose master is killed', (_name, start) => {
  let topology: Topology
  let process: QueueProcess
  beforeAll(async () => {
    topology = await start()
    process = await QueueProcess.open(topology.way)
  })
  afterAll(async () => {
    await process[Symbol.asyncDispose]()
    await topology[Symbol.asyncDispose]()
  })

  test('queues go on at the new master, and the outage is logged once', async () => {
    const performed = new Set<string>()
    await process.consume('ctm', (syncId) => performed.add(syncId))
    const before = newSyncs('ctm', 20)
    await process.syncJobs.addMissing(before)
    await until('consumers consume', async () => performed.size === before.length)

    await (await topology.master()).kill()
    // Not by what a producer refuses: on a slow machine the new master may be there before it is asked.
    await until('the outage is noticed', async () => process.lines.includes('producer: redis lost'))
    const waited = process.worker.set(`${process.prefix}:waited`, 'for the new master')
    const after = newSyncs('ctm', 20)
    await until('producers go on', async () => succeeds(process.syncJobs.addMissing(after)))
    expect(await waited).toBe('OK')
    await until('consumers go on', async () => after.every(({ syncId }) => performed.has(syncId)))
    await until('the outage is over', async () => process.lines.length >= 4)
    expect(process.lines.toSorted()).toEqual(outageOfBoth)
    expect(process.errors).toEqual([])
  })
})

withRedisServer('over Sentinels whose master freezes', () => {
  test('queues go on at the new master although no connection was closed', async () => {
    await using topology = await startSentinels()
    await using process = await QueueProcess.open(topology.way)
    const performed = new Set<string>()
    await process.consume('ctm', (syncId) => performed.add(syncId))
    const before = newSyncs('ctm', 20)
    await process.syncJobs.addMissing(before)
    await until('consumers consume', async () => performed.size === before.length)

    ;(await topology.master()).freeze()
    const after = newSyncs('ctm', 20)
    await until('producers go on', async () => succeeds(process.syncJobs.addMissing(after)))
    await until('consumers go on', async () => after.every(({ syncId }) => performed.has(syncId)))
    await until('the outage is over', async () => process.lines.length >= 4)
    expect(process.lines.toSorted()).toEqual(outageOfBoth)
    expect(process.errors).toEqual([])
  })
})

withRedisServer('over a cluster that is gone altogether', () => {
  test('queues go on when it is back', async () => {
    await using topology = await startCluster()
    await using process = await QueueProcess.open(topology.way)
    const performed = new Set<string>()
    await process.consume('ctm', (syncId) => performed.add(syncId))
    await process.syncJobs.addMissing(newSyncs('ctm', 20))
    await until('consumers consume', async () => performed.size === 20)

    await Promise.all(topology.nodes.map((node) => node.kill()))
    await until(
      'producers refuse',
      async () => !(await succeeds(queuesAnswer(process.producer, process.prefix))),
    )
    // Long enough for every connection to have tried in vain.
    await until('both have lost it', async () => process.lines.length === 2)
    await Promise.all(topology.nodes.map((node) => node.restart()))
    const after = newSyncs('ctm', 20)
    await until('producers go on', async () => succeeds(process.syncJobs.addMissing(after)))
    await until('consumers go on', async () => after.every(({ syncId }) => performed.has(syncId)))
    await until('the outage is over', async () => process.lines.length >= 4)
    expect(process.lines.toSorted()).toEqual(outageOfBoth)
    expect(process.errors).toEqual([])
  })
})
