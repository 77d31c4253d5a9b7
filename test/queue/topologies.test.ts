import { minutes, seconds } from '../../src/lib/durations'
import { runOptions, tickBullId } from '../../src/queue/bull-jobs'
import { ExpiringValues } from '../../src/queue/expiring-values'
import { alignJobSchedulers, type SchedulerChange } from '../../src/queue/job-schedulers'
import { Leases } from '../../src/queue/leases'
import { queuesAnswer } from '../../src/queue/queues'
import { RateBuckets } from '../../src/queue/rate-buckets'
import { deferred } from '../support/deferred'
import { newSyncs, QueueProcess } from '../support/queue-process'
import { withRedisServer } from '../support/redis-nodes'
import type { Topology } from '../support/redis-ground'
import { startCluster, startSentinels, startSingle } from '../support/redis-topologies'
import { until } from '../support/until'

const topologies = [
  ['one server', () => startSingle()],
  ['one server with TLS and a user', () => startSingle({ tls: true, user: true })],
  ['Sentinels', () => startSentinels()],
  ['Sentinels with TLS and users', () => startSentinels({ tls: true, user: true })],
  ['a cluster', () => startCluster()],
  ['a cluster with TLS and a user', () => startCluster({ tls: true, user: true })],
] as const

withRedisServer.each(topologies)('over %s', (_name, start) => {
  let topology: Topology
  let world: QueueProcess
  beforeAll(async () => {
    topology = await start()
    world = await QueueProcess.open(topology.way)
  })
  afterAll(async () => {
    await world[Symbol.asyncDispose]()
    await topology[Symbol.asyncDispose]()
  })

  test('syncs are added once, found, and performed', async () => {
    const performed: string[] = []
    const all = deferred()
    const syncs = [...newSyncs('ctm', 300), ...newSyncs('cdk', 200)]
    const { syncJobs } = world
    await syncJobs.addMissing(syncs)
    await syncJobs.addMissing(syncs)
    expect(new Set(await syncJobs.statesOf(syncs))).toEqual(new Set(['pending']))
    const done = (syncId: string) => {
      performed.push(syncId)
      if (performed.length === syncs.length) all.resolve()
    }
    await world.consume('ctm', done)
    await world.consume('cdk', done)
    await all.promise
    expect(performed.toSorted()).toEqual(syncs.map(({ syncId }) => syncId).toSorted())
    await until('all are over', async () =>
      (await syncJobs.statesOf(syncs)).every((state) => state === 'over'),
    )
    await syncJobs.replace(syncs.slice(0, 3))
  })

  test('job schedulers are declared, and their runs carry children in other queues', async () => {
    const declared = { jobId: 'ctm', version: 1, cron: '0 5 * * *', timezone: 'UTC' }
    const changes: SchedulerChange[] = []
    const align = async () =>
      alignJobSchedulers(
        world.queues,
        [declared],
        (change) => changes.push(change),
        async () => new Date(),
      )
    await align()
    await align()
    expect(changes).toEqual([{ jobId: 'ctm', change: 'created' }])
    const scheduler = await world.queues.runs.getJobScheduler('ctm')
    const tick = await world.queues.runs.getJob(tickBullId('ctm', new Date(scheduler?.next ?? 0)))
    expect(tick?.opts.attempts).toBe(runOptions.attempts)

    const parent = { id: tick?.id ?? '', queue: world.queues.runs.qualifiedName }
    await world.syncJobs.addMissing(newSyncs('salesforce', 2), parent)
    expect(await tick?.getDependenciesCount()).toMatchObject({ unprocessed: 2 })
  })

  test('leases are held by one sync at a time', async () => {
    await using leases = new Leases(world.producer, world.prefix, (error) =>
      world.errors.push(error as Error),
    )
    {
      await using lease = await leases.take('7', 'a')
      expect(lease?.signal.aborted).toBe(false)
      expect(await leases.take('7', 'b')).toBeUndefined()
    }
    await using next = await leases.take('7', 'b')
    expect(next).toBeDefined()
  })

  test('rate buckets grant, block and back off', async () => {
    const buckets = new RateBuckets(world.producer, world.prefix)
    const signal = AbortSignal.timeout(minutes(1))
    const bucket = { key: 'vendor', perSecond: 100, inFlight: 1 }
    const grant = await buckets.grant(bucket, { signal, maxWait: 0, holdFor: minutes(1) })
    await expect(buckets.grant(bucket, { signal, maxWait: 0, holdFor: minutes(1) })).rejects.toThrow('taken')
    await grant.release()
    await buckets.block('vendor', minutes(1))
    expect(await buckets.backOff('vendor')).toBeGreaterThan(seconds(50))
  })

  test('session values live and expire', async () => {
    const values = new ExpiringValues(world.producer, world.prefix)
    await values.set('session', 'ada', minutes(1))
    await values.touch('session', minutes(2))
    expect(await values.get('session')).toBe('ada')
    expect(await values.count('logins', minutes(1))).toMatchObject({ count: 1 })
    await values.uncount('logins')
    await values.delete('session')
    expect(await values.get('session')).toBeNull()
  })

  test('the health check asks the server that holds the queues', async () => {
    await expect(queuesAnswer(world.producer, world.prefix)).resolves.toBeUndefined()
  })

  test('and nothing is complained of on the way', () => {
    expect(world.lines).toEqual([])
    expect(world.errors).toEqual([])
  })
})
