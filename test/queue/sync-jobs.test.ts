import type { JobType } from 'bullmq'
import { hours } from '../../src/lib/durations'
import { type SyncData, syncBullId } from '../../src/queue/bull-jobs'
import { Consumer } from '../../src/queue/consumer'
import type { Parent, QueuedSync } from '../../src/queue/sync-jobs'
import type { Verdict } from '../../src/queue/verdict'
import { TestQueues } from '../support/queues'
import { until } from '../support/until'

describe('SyncJobs', () => {
  let world: TestQueues
  beforeEach(async () => (world = await TestQueues.open()))
  afterEach(async () => world[Symbol.asyncDispose]())

  const sync = (syncId: string, job = 'ctm'): QueuedSync => ({ syncId, job, version: 1 })
  const queuedOf = async (job = 'ctm', states: JobType[] = ['waiting', 'delayed', 'active']) => {
    const jobs = await world.queues.of(job).getJobs(states)
    return jobs.map(({ id = '' }) => id).toSorted((a, b) => a.localeCompare(b))
  }
  const bullJob = async (syncId: string) => {
    const found = await world.queues.of('ctm').getJob(syncBullId(syncId))
    if (!found) throw new Error(`no BullMQ job for sync ${syncId}`)
    return found
  }
  /** Adds syncs and has a worker work on each once, with this verdict. */
  const workedOn = async (syncs: readonly QueuedSync[], verdict: Verdict) => {
    await world.syncJobs.addMissing(syncs)
    await using consumer = new Consumer<SyncData>({
      queue: 'ctm',
      connection: world.blocking,
      prefix: world.prefix,
      concurrency: 1,
      handle: async () => verdict,
      onError: () => undefined,
    })
    await consumer.start()
    await until(
      'nothing waits any more',
      async () => (await queuedOf('ctm', ['waiting', 'active'])).length === 0,
    )
  }
  const parentIn = async (id: string): Promise<Parent> => {
    await world.queues.runs.add('run', {}, { jobId: id })
    return { id, queue: world.queues.runs.qualifiedName }
  }

  test('adds each sync to the queue of its job, with ids and a version and nothing else', async () => {
    await world.syncJobs.addMissing([sync('1'), sync('2', 'cdk'), sync('3')])
    expect(await queuedOf()).toEqual(['sync-1', 'sync-3'])
    expect(await queuedOf('cdk')).toEqual(['sync-2'])
    const { data, opts } = await bullJob('1')
    expect(data).toEqual({ syncId: '1', version: 1 })
    expect(opts).toMatchObject({ attempts: 3, backoff: { type: 'decided' } })
  })

  test('adds only what is missing, and leaves alone what waits, backs off or is over', async () => {
    await workedOn([sync('3')], { kind: 'done', result: null })
    await workedOn([sync('2')], { kind: 'retry', after: hours(1), error: new Error('later') })
    await world.syncJobs.addMissing([sync('1')])
    const before = await Promise.all(['1', '2', '3'].map(async (id) => (await bullJob(id)).asJSON()))
    await world.syncJobs.addMissing([sync('1'), sync('2'), sync('3'), sync('4')])
    expect(await Promise.all(['1', '2', '3'].map(async (id) => (await bullJob(id)).asJSON()))).toEqual(before)
    expect(await queuedOf()).toEqual(['sync-1', 'sync-2', 'sync-4'])
  })

  test('says which are pending, over and gone, in the order in which it was asked', async () => {
    await workedOn([sync('3')], { kind: 'done', result: null })
    await world.syncJobs.addMissing([sync('1'), sync('2', 'cdk')])
    expect(await world.syncJobs.statesOf([sync('9'), sync('3'), sync('2', 'cdk'), sync('1')])).toEqual([
      'gone',
      'over',
      'pending',
      'pending',
    ])
    expect(await world.syncJobs.statesOf([])).toEqual([])
  })

  test('replaces what is over, done or dead, by a fresh job', async () => {
    await workedOn([sync('1')], { kind: 'done', result: null })
    await workedOn([sync('2')], { kind: 'dead', error: new Error('no use') })
    expect(await world.syncJobs.statesOf([sync('1'), sync('2')])).toEqual(['over', 'over'])
    await world.syncJobs.replace([sync('1'), sync('2')])
    expect(await queuedOf()).toEqual(['sync-1', 'sync-2'])
    expect(await bullJob('2')).toMatchObject({ attemptsMade: 0, stacktrace: [] })
  })

  test('shows the syncs as children of their run', async () => {
    const parent = await parentIn('run-7')
    await world.syncJobs.addMissing([sync('1'), sync('2', 'cdk')], parent)
    const run = await world.queues.runs.getJob('run-7')
    expect(await run?.getDependenciesCount()).toMatchObject({ unprocessed: 2 })
    expect((await bullJob('1')).parent?.id).toBe('run-7')
  })

  test('adds children whose parent is gone, without it', async () => {
    const gone: Parent = { id: 'run-7', queue: world.queues.runs.qualifiedName }
    await world.syncJobs.addMissing([sync('1'), sync('2')], gone)
    expect(await queuedOf()).toEqual(['sync-1', 'sync-2'])
    expect((await bullJob('1')).parent).toBeUndefined()
  })

  test('adds 2,500 syncs in batches, again only those that are missing', async () => {
    const syncs = Array.from({ length: 2500 }, (_, index) => sync(String(index + 1)))
    const parent = await parentIn('run-7')
    await world.syncJobs.addMissing(syncs.slice(0, 1200), parent)
    await world.syncJobs.addMissing(syncs, parent)
    expect(await world.queues.of('ctm').getWaitingCount()).toBe(2500)
    const run = await world.queues.runs.getJob('run-7')
    expect(await run?.getDependenciesCount()).toMatchObject({ unprocessed: 2500 })
    expect(new Set(await world.syncJobs.statesOf(syncs))).toEqual(new Set(['pending']))
  })

  test('adds syncs that were planned just now as children of their run, without it where it is gone', async () => {
    const parent = await parentIn('run-7')
    const syncs = Array.from({ length: 1500 }, (_, index) => sync(String(index + 1)))
    await world.syncJobs.addNew(syncs, parent)
    await world.syncJobs.addNew([sync('2000', 'cdk')], { ...parent, id: 'run-8' })
    const run = await world.queues.runs.getJob('run-7')
    expect(await run?.getDependenciesCount()).toMatchObject({ unprocessed: 1500 })
    expect(await world.queues.of('cdk').getWaitingCount()).toBe(1)
  })

  test('throws for a job that has no queue, instead of losing its syncs', async () => {
    await expect(world.syncJobs.addMissing([sync('1', 'hubspot')])).rejects.toThrow(
      'no queue for job hubspot',
    )
  })
})
