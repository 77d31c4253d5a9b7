import { minutes } from '../../src/lib/durations'
import { connect, ready, type Redis } from '../../src/queue/connection'
import { createQueues } from '../../src/queue/queues'
import type { Logger } from '../../src/telemetry/logger'
import { Relay } from '../support/relay'
import { testRedis } from '../support/redis'
import { until } from '../support/until'

const setup = async (role: 'producer' | 'worker') => {
  const { url, prefix } = testRedis()
  const relay = new Relay(url)
  const address = new URL(url)
  address.port = String(await relay.start())
  const lines: string[] = []
  const write = (message: string) => void lines.push(message)
  const logger: Logger = { error: write, warn: write, info: write, debug: write }
  const connection = connect({ url: address.href, prefix, role, name: 'test' }, logger)
  return {
    relay,
    lines,
    prefix,
    connection,
    async [Symbol.asyncDispose]() {
      if (connection.status !== 'end') connection.disconnect()
      await relay.stop()
    },
  }
}

/** Errors are expected meanwhile, so no `once` of node:events. */
const hears = (connection: Redis, event: 'reconnecting' | 'end') =>
  new Promise<void>((resolve) => connection.once(event, () => resolve()))

const soon = () => AbortSignal.timeout(minutes(1))

describe('connect', () => {
  test('logs an outage once, and once more when it is over', async () => {
    await using redis = await setup('producer')
    await ready(redis.connection, soon())
    await redis.relay.stop()
    for (let tries = 0; tries < 3; tries++) await hears(redis.connection, 'reconnecting')
    expect(redis.lines).toEqual(['redis lost'])
    await redis.relay.start()
    await until('it is over', async () => redis.lines.length > 1)
    expect(redis.lines).toEqual(['redis lost', 'redis back'])
    redis.connection.disconnect()
    await hears(redis.connection, 'end')
    expect(redis.lines).toEqual(['redis lost', 'redis back'])
  })

  test('lets a producer fail at once while Redis is away', async () => {
    await using redis = await setup('producer')
    await ready(redis.connection, soon())
    await using queues = createQueues(redis.connection, redis.prefix, ['ctm'])
    await queues.of('ctm').add('before', {})
    await redis.relay.stop()
    await hears(redis.connection, 'reconnecting')
    await expect(queues.of('ctm').add('during', {})).rejects.toThrow("Stream isn't writeable")
    await redis.relay.start()
    await ready(redis.connection, soon())
    await queues.of('ctm').add('after', {})
    const jobs = await queues.of('ctm').getJobs('waiting')
    expect(jobs.map(({ name }) => name).toSorted()).toEqual(['after', 'before'])
  })

  test('lets a worker wait for Redis to come back', async () => {
    await using redis = await setup('worker')
    await ready(redis.connection, soon())
    await redis.relay.stop()
    await hears(redis.connection, 'reconnecting')
    const answer = redis.connection.ping()
    await redis.relay.start()
    expect(await answer).toBe('PONG')
  })
})

describe('ready', () => {
  test('waits for Redis to come up', async () => {
    await using redis = await setup('producer')
    await redis.relay.stop()
    const waited = ready(redis.connection, soon())
    await redis.relay.start()
    await waited
    expect(redis.connection.status).toBe('ready')
  })

  test('gives up when told to, and when the connection is ended', async () => {
    await using redis = await setup('producer')
    await redis.relay.stop()
    const stop = new AbortController()
    const waited = ready(redis.connection, stop.signal)
    stop.abort(new Error('stopping'))
    await expect(waited).rejects.toThrow('stopping')
    const second = ready(redis.connection, soon())
    redis.connection.disconnect()
    await expect(second).rejects.toThrow('the connection to Redis was closed')
  })
})

describe('createQueues', () => {
  test('opens the runs and one queue per job, and knows no other', async () => {
    await using redis = await setup('producer')
    await ready(redis.connection, soon())
    await using queues = createQueues(redis.connection, redis.prefix, ['ctm', 'cdk'])
    expect(queues.all.map(({ name }) => name)).toEqual(['runs', 'ctm', 'cdk'])
    expect(queues.runs).toBe(queues.all[0])
    expect(() => queues.of('ctn')).toThrow('no queue for job ctn')
  })
})
