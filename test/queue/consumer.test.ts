import { once } from 'node:events'
import { StorageUnavailableError } from '../../src/job/errors'
import { hours, minutes } from '../../src/lib/durations'
import { syncOptions } from '../../src/queue/bull-jobs'
import { Consumer, type Handler } from '../../src/queue/consumer'
import type { Verdict } from '../../src/queue/verdict'
import { deferred } from '../support/deferred'
import { TestQueues } from '../support/queues'
import { until } from '../support/until'

interface Work {
  readonly name: string
}

describe('Consumer', () => {
  let world: TestQueues
  let consumers: Consumer<Work>[]
  let errors: Error[]
  beforeEach(async () => {
    consumers = []
    errors = []
    world = await TestQueues.open()
  })
  afterEach(async () => {
    for (const consumer of consumers) await consumer[Symbol.asyncDispose]()
    await world[Symbol.asyncDispose]()
  })

  const consume = async (handle: Handler<Work>): Promise<Consumer<Work>> => {
    const consumer = new Consumer<Work>({
      queue: 'ctm',
      connection: world.blocking,
      prefix: world.prefix,
      concurrency: 1,
      handle,
      onError: (error) => errors.push(error),
    })
    consumers.push(consumer)
    await consumer.start()
    return consumer
  }
  const add = async (name = 'work', attempts = 3): Promise<void> =>
    void (await world.queues.of('ctm').add('sync', { name }, { ...syncOptions(attempts), jobId: name }))
  /** The BullMQ job once it has reached a state. */
  const reached = async (state: string, name = 'work') =>
    until(`${name} is ${state}`, async () => {
      const isThere = (await world.queues.of('ctm').getJobState(name)) === state
      return isThere && world.queues.of('ctm').getJob(name)
    })
  /** True while Redis holds a consumer's call back because there is no job. */
  const isBlocked = async (): Promise<boolean> =>
    String(await world.redis.call('CLIENT', 'LIST'))
      .split('\n')
      .some((client) => client.includes(`name=${world.prefix}:`) && client.includes(' cmd=bzpopmin '))
  /** A handler that holds its job until it is told what to say, and the job's signal. */
  const holding = () => {
    const taken = deferred<AbortSignal>()
    const verdict = deferred<Verdict>()
    const handle: Handler<Work> = async (_bullJob, _token, signal) => {
      taken.resolve(signal)
      return verdict.promise
    }
    return { handle, taken: taken.promise, say: verdict.resolve }
  }
  const done: Verdict = { kind: 'done', result: { rows: 7 } }
  const failure = new Error('the vendor is away')

  test('takes more jobs at once as soon as it may, though all places are taken and none ends', async () => {
    const underWay = new Set<string>()
    const over = deferred()
    const consumer = await consume(async ({ data: { name } }) => {
      underWay.add(name)
      await over.promise
      underWay.delete(name)
      return done
    })
    for (const name of ['a', 'b', 'c', 'd']) await add(name)
    await until('one is under way', async () => underWay.size === 1)

    consumer.setConcurrency(3)
    await until('three are under way', async () => underWay.size === 3)
    expect(await world.queues.of('ctm').getWaitingCount()).toBe(1)
    over.resolve()
    await reached('completed', 'd')
  })

  test('takes fewer jobs at once when those under way have ended', async () => {
    const ends = new Map<string, () => void>()
    const consumer = await consume(async ({ data: { name } }) => {
      await new Promise<void>((resolve) => ends.set(name, resolve))
      return done
    })
    consumer.setConcurrency(2)
    for (const name of ['a', 'b', 'c', 'd']) await add(name)
    const [first, second] = await until('two are under way', async () => ends.size === 2 && [...ends.keys()])

    consumer.setConcurrency(1)
    ends.get(first ?? '')?.()
    await reached('completed', first)
    expect([...ends.keys()]).toEqual([first, second])
    ends.get(second ?? '')?.()
    await until('the third is under way', async () => ends.size === 3)
    expect(await world.queues.of('ctm').getWaitingCount()).toBe(1)
    for (const end of ends.values()) end()
    await until('the last is under way', async () => ends.size === 4)
    for (const end of ends.values()) end()
  })

  test('leaves jobs to others while it is held, and takes them again afterwards', async () => {
    const takenBy = new Map<string, string>()
    const taking =
      (who: string): Handler<Work> =>
      async ({ data: { name } }) => {
        takenBy.set(name, who)
        return done
      }
    const consumer = await consume(taking('held'))
    await consumer.hold(true)
    const other = await consume(taking('other'))
    for (const name of ['a', 'b']) await add(name)
    await reached('completed', 'b')
    await other.stop(minutes(1))
    await add('c')
    await consumer.hold(false)
    await reached('completed', 'c')
    expect(Object.fromEntries(takenBy)).toEqual({ a: 'other', b: 'other', c: 'held' })
  })

  describe('says a verdict in BullMQ’s terms:', () => {
    test('done is a job that completed with its result', async () => {
      await consume(async () => done)
      await add()
      expect(await reached('completed')).toMatchObject({ returnvalue: { rows: 7 }, attemptsMade: 1 })
    })

    test('retry is an attempt that failed, and the backoff that was decided', async () => {
      await consume(async () => ({ kind: 'retry', after: hours(2), error: failure }))
      await add()
      expect(await reached('delayed')).toMatchObject({
        attemptsMade: 1,
        delay: hours(2),
        stacktrace: [expect.stringContaining('the vendor is away')],
      })
    })

    test('retry comes back', async () => {
      const verdicts: Verdict[] = [{ kind: 'retry', after: 1, error: failure }, done]
      await consume(async () => verdicts.shift() ?? done)
      await add()
      expect(await reached('completed')).toMatchObject({ attemptsMade: 2 })
    })

    test('retry is a delay, not a failure, where BullMQ’s attempts have run out', async () => {
      await consume(async () => ({ kind: 'retry', after: hours(2), error: failure }))
      await add('work', 1)
      expect(await reached('delayed')).toMatchObject({ attemptsMade: 0 })
    })

    test('dead is a failed job, whatever attempts are left', async () => {
      await consume(async () => ({ kind: 'dead', error: failure }))
      await add()
      expect(await reached('failed')).toMatchObject({ attemptsMade: 1, failedReason: 'the vendor is away' })
    })

    test('wait is a delay that spends no attempt', async () => {
      await consume(async () => ({ kind: 'wait', after: minutes(10) }))
      await add()
      const { attemptsMade, delay } = await reached('delayed')
      expect(attemptsMade).toBe(0)
      expect(delay).toBeGreaterThan(minutes(9))
      expect(errors).toEqual([])
    })
  })

  describe('when its handler throws', () => {
    test('tries again soon, and says what was thrown', async () => {
      await consume(async () => Promise.reject(failure))
      await add()
      expect(await reached('delayed')).toMatchObject({ attemptsMade: 1, delay: 5000 })
      expect(errors).toEqual([failure])
    })

    test('waits with no attempt spent, and says nothing, where a store is away', async () => {
      const thrown = [new StorageUnavailableError('Postgres: gone'), new Error('READONLY a replica')]
      await consume(async () => Promise.reject(thrown.shift() ?? failure))
      await add('first')
      await add('second')
      expect(await reached('delayed', 'first')).toMatchObject({ attemptsMade: 0 })
      expect(await reached('delayed', 'second')).toMatchObject({ attemptsMade: 0 })
      expect(errors).toEqual([])
    })

    test('waits with no attempt spent, and says so, where its statement was given up', async () => {
      const deadlock = new StorageUnavailableError('Postgres: deadlock detected', { isOutage: false })
      await consume(async () => Promise.reject(deadlock))
      await add()
      expect(await reached('delayed')).toMatchObject({ attemptsMade: 0 })
      expect(errors).toEqual([deadlock])
    })

    test('makes an error of what is none', async () => {
      const thrown = 'nothing of use' as unknown as Error
      await consume(async () => Promise.reject(thrown))
      await add()
      await reached('delayed')
      expect(errors).toEqual([new Error('nothing of use')])
    })

    test('hands the job back where it was stopping anyway', async () => {
      const handling = deferred()
      const consumer = await consume(async (_bullJob, _token, signal) => {
        handling.resolve()
        if (!signal.aborted) await once(signal, 'abort')
        throw failure
      })
      await add()
      await handling.promise
      await consumer.stop(minutes(1))
      expect(await reached('waiting')).toMatchObject({ attemptsMade: 0 })
    })
  })

  describe('when it is told to stop', () => {
    test('hands its job back, and another consumer has it at once with no attempt spent', async () => {
      const stopping = holding()
      const consumer = await consume(stopping.handle)
      await add()
      const signal = await stopping.taken
      const stopped = consumer.stop(minutes(1))
      if (!signal.aborted) await once(signal, 'abort')
      expect(signal.reason).toMatchObject({ cut: 'stopping' })

      await consume(async () => done)
      stopping.say({ kind: 'hand-back' })
      await stopped
      expect(await reached('completed')).toMatchObject({ attemptsMade: 1 })
      expect(errors).toEqual([])
    })

    test('takes no new job once it is quiet, although a place is free', async () => {
      const active = holding()
      const consumer = await consume(active.handle)
      await add('first')
      await active.taken
      await consumer.quiet()
      await add('second')
      active.say(done)
      await reached('completed', 'first')
      await consumer.stop(minutes(1))
      expect(await world.queues.of('ctm').getWaitingCount()).toBe(1)
    })

    test('performs no job that was on its way to it when it became quiet', async () => {
      const performed: string[] = []
      const consumer = await consume(async ({ data }) => {
        performed.push(data.name)
        return done
      })
      await add('first')
      await reached('completed', 'first')
      await until('it waits inside Redis for the next job, which it will get', isBlocked)
      await consumer.quiet()
      await add('second')
      await until('the second was taken', async () => {
        const second = await world.queues.of('ctm').getJob('second')
        return second?.attemptsStarted === 1
      })
      await consumer.stop(minutes(1))
      expect(await reached('waiting', 'second')).toMatchObject({ attemptsMade: 0 })
      expect(performed).toEqual(['first'])
    })

    test('waits for the job under way', async () => {
      const active = holding()
      const consumer = await consume(active.handle)
      await add()
      const signal = await active.taken
      let isStopped = false
      const stopped = consumer.stop(minutes(1)).then(() => (isStopped = true))
      if (!signal.aborted) await once(signal, 'abort')
      expect(await (await reached('active')).getState()).toBe('active')
      expect(isStopped).toBe(false)
      active.say(done)
      await stopped
      expect(await reached('completed')).toMatchObject({ returnvalue: { rows: 7 } })
    })

    test('leaves the job to the stall check where there is no time to wait', async () => {
      const active = holding()
      const consumer = await consume(active.handle)
      await add()
      await active.taken
      await consumer.stop(0)
      expect(await reached('active')).toMatchObject({ attemptsMade: 0 })
      active.say(done)
    })

    test('can be told twice, and before it has started', async () => {
      const idle = await consume(async () => done)
      await idle.stop(minutes(1))
      await idle.stop(0)
      const unused = new Consumer<Work>({
        queue: 'ctm',
        connection: world.blocking,
        prefix: world.prefix,
        concurrency: 1,
        handle: async () => done,
        onError: (error) => errors.push(error),
      })
      await unused.stop(minutes(1))
      expect(errors).toEqual([])
    })
  })

  const lockOf = (job: string) => `${world.queues.of('ctm').toKey(job)}:lock`
  test.each([
    ['whose lock was lost', async () => world.redis.del(lockOf('work'))],
    ['whose lock somebody else has now', async () => world.redis.set(lockOf('work'), 'of another')],
    [
      'that Redis has forgotten',
      async () => {
        const { redis, queues } = world
        await redis.lrem(queues.of('ctm').toKey('active'), 0, 'work')
        await redis.del(lockOf('work'), queues.of('ctm').toKey('work'))
      },
    ],
  ])('aborts a job %s, and what that says then does not count', async (_what, lose) => {
    const active = holding()
    let taken = 0
    const consumer = await consume(async (...job) => ((taken += 1) === 1 ? active.handle(...job) : done))
    await add()
    const signal = await active.taken
    await lose()
    if (!signal.aborted) await once(signal, 'abort')
    expect(signal.reason).toMatchObject({ cut: 'lease-lost' })
    active.say({ kind: 'dead', error: failure })
    // BullMQ says nothing of a worker that is paused: it must have been told before the end.
    await add('next')
    await reached('completed', 'next')
    await consumer.stop(minutes(1))
    expect(errors).toEqual([])
    expect(await world.queues.of('ctm').getFailedCount()).toBe(0)
  })
})
