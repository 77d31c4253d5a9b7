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

withRedisServer('over a cluster', () => {
  let topology: Topology
  beforeAll(async () => (topology = await startCluster()))
  afterAll(async () => topology[Symbol.asyncDispose]())

  /** What a client is told of the nodes, wherever it asks; a replica is left out until it is known to follow. */
  const everyNodeIsTold = async (): Promise<boolean> => {
    // Something to follow.
    await topology.master()
    const told = topology.nodes.map(async ({ client }) => JSON.stringify(await client.cluster('SLOTS')))
    const answers = await Promise.all(told)
    return topology.nodes.every(({ port }) => answers.every((answer) => answer.includes(String(port))))
  }

  test.each([
    ['that is gone altogether', 0],
    ['of which a replica is left', 1],
  ])('%s queues go on when it is back', async (_name, left) => {
    await until('every node is told', everyNodeIsTold)
    await using process = await QueueProcess.open(topology.way)
    const performed = new Set<string>()
    await process.consume('ctm', (syncId) => performed.add(syncId))
    await process.syncJobs.addMissing(newSyncs('ctm', 20))
    await until('consumers consume', async () => performed.size === 20)

    const gone = topology.nodes.slice(0, topology.nodes.length - left)
    await Promise.all(gone.map((node) => node.kill()))
    await until(
      'producers refuse',
      async () => !(await succeeds(queuesAnswer(process.producer, process.prefix))),
    )
    // Long enough for every connection to have tried in vain, and so often that every node was asked.
    await until('both have lost it', async () => process.lines.length === 2)
    for (const { port } of topology.nodes)
      expect([port, await succeeds(process.syncJobs.addMissing(newSyncs('cdk', 1)))]).toEqual([port, false])
    await Promise.all(gone.map((node) => node.restart()))
    const after = newSyncs('ctm', 20)
    await until('producers go on', async () => succeeds(process.syncJobs.addMissing(after)))
    await until('consumers go on', async () => after.every(({ syncId }) => performed.has(syncId)))
    await until('the outage is over', async () => process.lines.length >= 4)
    expect(process.lines.toSorted()).toEqual(outageOfBoth)
    expect(process.errors).toEqual([])
  })
})
