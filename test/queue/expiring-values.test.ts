import { minutes } from '../../src/lib/durations'
import { connect, ready } from '../../src/queue/connection'
import { ExpiringValues, RedisUnavailableError } from '../../src/queue/expiring-values'
import { quiet } from '../support/dashboard'
import { testRedis } from '../support/redis'

const setup = async () => {
  const { url, prefix } = testRedis()
  const redis = connect({ url, prefix, role: 'producer', name: 'test' }, quiet)
  await ready(redis, AbortSignal.timeout(minutes(1)))
  return {
    redis,
    values: new ExpiringValues(redis, prefix),
    lifetimeOf: (key: string) => redis.pttl(`${prefix}:values:${key}`),
    shorten: (key: string, lifetime: number) => redis.pexpire(`${prefix}:values:${key}`, lifetime),
    [Symbol.dispose]: () => redis.status === 'end' || redis.disconnect(),
  }
}

describe('ExpiringValues', () => {
  test('keeps a value for its lifetime', async () => {
    using store = await setup()
    expect(await store.values.get('a')).toBeNull()
    await store.values.set('a', 'one', 60_000)
    expect(await store.values.get('a')).toBe('one')
    expect(await store.lifetimeOf('a')).toBeGreaterThan(50_000)
    await store.values.touch('a', 120_000)
    expect(await store.lifetimeOf('a')).toBeGreaterThan(110_000)
    await store.values.delete('a')
    expect(await store.values.get('a')).toBeNull()
  })

  test('brings nothing back by touching it', async () => {
    using store = await setup()
    await store.values.touch('gone', 60_000)
    expect(await store.values.get('gone')).toBeNull()
  })

  test('counts from the first count on, however many count at once', async () => {
    using store = await setup()
    await store.values.count('b', 60_000)
    await store.shorten('b', 30_000)
    const counts = await Promise.all(Array.from({ length: 20 }, () => store.values.count('b', 60_000)))
    expect(counts.map(({ count }) => count).toSorted((x, y) => x - y)).toEqual(
      Array.from({ length: 20 }, (_, index) => index + 2),
    )
    expect(counts[0]?.expiresIn).toBeLessThanOrEqual(30_000)
    await store.values.uncount('b')
    expect((await store.values.count('b', 60_000)).count).toBe(21)
  })

  test('makes no counter by taking a count back', async () => {
    using store = await setup()
    await store.values.uncount('c')
    expect(await store.values.get('c')).toBeNull()
  })

  test('says that Redis is away', async () => {
    using store = await setup()
    store.redis.disconnect()
    await expect(store.values.get('a')).rejects.toThrow(RedisUnavailableError)
  })
})
