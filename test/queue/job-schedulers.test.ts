import { days, minutes, seconds } from '../../src/lib/durations'
import { tickBullId } from '../../src/queue/bull-jobs'
import {
  alignJobSchedulers,
  type DeclaredScheduler,
  isTickPending,
  type SchedulerChange,
} from '../../src/queue/job-schedulers'
import { TestQueues } from '../support/queues'

describe('alignJobSchedulers', () => {
  let world: TestQueues
  beforeEach(async () => (world = await TestQueues.open()))
  afterEach(async () => world[Symbol.asyncDispose]())

  const ctm: DeclaredScheduler = { jobId: 'ctm', version: 1, cron: '0 5 * * *', timezone: 'America/Chicago' }
  const cdk: DeclaredScheduler = {
    jobId: 'cdk',
    version: 1,
    cron: '30 5 * * *',
    timezone: 'America/New_York',
  }
  const align = async (...declared: DeclaredScheduler[]) => {
    const changes: SchedulerChange[] = []
    await alignJobSchedulers(
      world.queues,
      declared,
      (change) => changes.push(change),
      async () => new Date(),
    )
    return changes
  }
  const nextOf = async (jobId: string) => (await world.queues.runs.getJobScheduler(jobId))?.next ?? 0

  test('creates what is missing and leaves alone what is as declared', async () => {
    expect(await align(ctm, cdk)).toEqual([
      { jobId: 'ctm', change: 'created' },
      { jobId: 'cdk', change: 'created' },
    ])
    expect(await align(ctm, cdk)).toEqual([])
  })

  test('does not lose a tick that is due when it is called again', async () => {
    await align(ctm)
    const due = new Date(await nextOf('ctm'))
    await (await world.queues.runs.getJob(tickBullId('ctm', due)))?.promote()

    expect(await align(ctm)).toEqual([])
    expect(await isTickPending(world.queues, 'ctm', due)).toBe(true)
  })

  test('puts back a schedule that a clock ahead of time has moved on, and no other', async () => {
    const often = { ...ctm, cron: '* * * * *' }
    await align(often)
    const changes: SchedulerChange[] = []
    const alignAt = async (now: Date) =>
      alignJobSchedulers(
        world.queues,
        [often],
        (change) => changes.push(change),
        async () => now,
      )
    const next = await nextOf('ctm')

    // The tick before was picked up a little early, as any clock may be.
    await alignAt(new Date(next - minutes(1) - seconds(4)))
    expect(changes).toEqual([])
    await alignAt(new Date(next - minutes(10)))
    expect(changes).toEqual([{ jobId: 'ctm', change: 'restored' }])
    expect(await isTickPending(world.queues, 'ctm', new Date(await nextOf('ctm')))).toBe(true)
  })

  test('changes what is declared otherwise', async () => {
    await align(ctm)
    const changed = [
      { ...ctm, cron: '15 5 * * *' },
      { ...ctm, cron: '15 5 * * *', timezone: 'America/Denver' },
      { ...ctm, cron: '15 5 * * *', timezone: 'America/Denver', version: 2 },
    ]
    for (const declared of changed)
      expect(await align(declared)).toEqual([{ jobId: 'ctm', change: 'changed' }])
  })

  test('retires what is declared no more, with its tick', async () => {
    await align(ctm, cdk)
    const due = new Date(await nextOf('cdk'))
    expect(await align(ctm)).toEqual([{ jobId: 'cdk', change: 'retired' }])
    expect(await isTickPending(world.queues, 'cdk', due)).toBe(false)
  })

  test('restores one that lost its next tick', async () => {
    await align(ctm)
    const due = new Date(await nextOf('ctm'))
    await world.redis.del(world.queues.runs.toKey(tickBullId('ctm', due)))
    await world.redis.zrem(world.queues.runs.toKey('delayed'), tickBullId('ctm', due))

    expect(await align(ctm)).toEqual([{ jobId: 'ctm', change: 'restored' }])
    expect(await isTickPending(world.queues, 'ctm', new Date(await nextOf('ctm')))).toBe(true)
  })

  test('restores one that has stopped: its last tick is over and has no successor', async () => {
    await align(ctm)
    const key = (name: string) => world.queues.runs.toKey(name)
    const due = new Date(await nextOf('ctm'))
    const past = new Date(due.getTime() - days(7))
    await world.redis.rename(key(tickBullId('ctm', due)), key(tickBullId('ctm', past)))
    await world.redis.hset(key(tickBullId('ctm', past)), 'finishedOn', Date.now())
    await world.redis.zrem(key('delayed'), tickBullId('ctm', due))
    await world.redis.zadd(key('repeat'), past.getTime(), 'ctm')

    expect(await align(ctm)).toEqual([{ jobId: 'ctm', change: 'restored' }])
    expect(await isTickPending(world.queues, 'ctm', new Date(await nextOf('ctm')))).toBe(true)
  })

  test('mends the others where one cannot be mended', async () => {
    const broken = { ...ctm, cron: 'no pattern' }
    const changes: SchedulerChange[] = []
    await expect(
      alignJobSchedulers(
        world.queues,
        [broken, cdk],
        (change) => changes.push(change),
        async () => new Date(),
      ),
    ).rejects.toThrow(/Invalid/)
    expect(changes).toEqual([{ jobId: 'cdk', change: 'created' }])
  })

  test('creates them all again after Redis was wiped', async () => {
    await align(ctm, cdk)
    await world.wipe()
    expect(await align(ctm, cdk)).toHaveLength(2)
  })
})
