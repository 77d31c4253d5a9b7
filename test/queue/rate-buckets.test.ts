import { RateLimitedError, StorageUnavailableError } from '../../src/job/errors'
import { Redis } from 'ioredis'
import { keys } from '../../src/queue/keys'
import { RateBuckets } from '../../src/queue/rate-buckets'
import { testRedis, testUrl } from '../support/redis'
import { until } from '../support/until'

const { signal } = new AbortController()
const patient = { signal, maxWait: 30_000, holdFor: 60_000 }

const setup = async (clients = 1) => {
  const { url, prefix } = testRedis()
  const connections = Array.from({ length: clients }, () => new Redis(url))
  const [redis] = connections as [Redis]
  const buckets = connections.map((connection) => new RateBuckets(connection, prefix))
  return {
    redis,
    prefix,
    buckets,
    bucket: buckets[0] as RateBuckets,
    keysOf: keys(prefix).rateBucket,
    [Symbol.asyncDispose]: async () => {
      await Promise.all(connections.map((connection) => connection.quit()))
    },
  }
}

describe('RateBuckets', () => {
  test('grants no more in any second than the bucket allows, to all clients together', async () => {
    await using world = await setup(4)
    const wide = { key: 'k', perSecond: 40, inFlight: 8 }
    const grants: number[] = []
    await Promise.all(
      world.buckets.flatMap((bucket) =>
        [1, 2, 3].map(async () => {
          for (let count = 0; count < 7; count += 1) {
            const grant = await bucket.grant(wide, patient)
            grants.push(grant.at)
            await grant.release()
          }
        }),
      ),
    )
    const at = grants.toSorted((a, b) => a - b)
    expect(at).toHaveLength(84)
    const most = Math.max(
      ...at.map((start) => at.filter((time) => time >= start && time < start + 1e6).length),
    )
    expect(most).toBeLessThanOrEqual(40)
    // Evenly: no two closer than a fortieth of a second, whoever asked.
    expect(Math.min(...at.slice(1).map((time, index) => time - (at[index] ?? 0)))).toBeGreaterThanOrEqual(
      25_000,
    )
  })

  test('has no more requests in flight than the bucket allows, and lets the next in when one is done', async () => {
    await using world = await setup(2)
    const narrow = { key: 'k', perSecond: 1000, inFlight: 2 }
    const first = await world.buckets[0]?.grant(narrow, patient)
    await world.buckets[1]?.grant(narrow, patient)
    await expect(world.bucket.grant(narrow, { ...patient, maxWait: 10 })).rejects.toThrow(RateLimitedError)
    expect(await world.redis.zcard(world.keysOf('k').inFlight)).toBe(2)
    await first?.release()
    await first?.release()
    await expect(world.bucket.grant(narrow, patient)).resolves.toBeDefined()
  })

  test('frees the place of a request that was never released', async () => {
    await using world = await setup()
    const narrow = { key: 'k', perSecond: 1000, inFlight: 1 }
    await world.bucket.grant(narrow, { ...patient, holdFor: 1 })
    await expect(world.bucket.grant(narrow, patient)).resolves.toBeDefined()
  })

  test('frees the place of a request whose process is gone, however long it might have taken', async () => {
    await using world = await setup(2)
    const narrow = { key: 'k', perSecond: 1000, inFlight: 1 }
    const gone = new Redis(testUrl('TEST_REDIS_URL'))
    await new RateBuckets(gone, world.prefix).grant(narrow, patient)
    await gone.quit()
    await expect(world.bucket.grant(narrow, patient)).resolves.toBeDefined()
  })

  test('keeps the place of a request that takes long, until it is released', async () => {
    await using world = await setup()
    const narrow = { key: 'k', perSecond: 1000, inFlight: 1 }
    const { inFlight } = world.keysOf('k')
    const held = await world.bucket.grant(narrow, patient)
    const expiry = async () => Number((await world.redis.zrange(inFlight, '0', '0', 'WITHSCORES'))[1])
    const first = await expiry()
    await until('the place is held for longer', async () => (await expiry()) > first)
    await held.release()
    expect(await world.redis.exists(inFlight)).toBe(0)
  })

  test('says how long to wait where that is too long, and takes nothing', async () => {
    await using world = await setup()
    const slow = { key: 'k', perSecond: 0.01, inFlight: 2 }
    await world.bucket.grant(slow, patient)
    const refusal = await world.bucket
      .grant(slow, { ...patient, maxWait: 5000 })
      .catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(RateLimitedError)
    expect((refusal as RateLimitedError).retryAfter).toBeGreaterThan(100_000)
    expect(await world.redis.zcard(world.keysOf('k').inFlight)).toBe(1)
  })

  test('keeps the spacing of a bucket although a wider one makes its requests wait', async () => {
    await using world = await setup(4)
    const app = { key: 'app', perSecond: 25, inFlight: 50 }
    const grants = new Map<string, number[]>()
    await Promise.all(
      world.buckets.map(async (bucket, index) => {
        const account = { key: `account-${index}`, perSecond: 10, inFlight: 2, within: app }
        for (let count = 0; count < 6; count += 1) {
          const grant = await bucket.grant(account, patient)
          grants.set(account.key, [...(grants.get(account.key) ?? []), grant.at])
          await grant.release()
        }
      }),
    )
    const gapsOf = (at: readonly number[]) => at.slice(1).map((later, index) => later - (at[index] ?? 0))
    for (const at of grants.values()) expect(Math.min(...gapsOf(at))).toBeGreaterThanOrEqual(100_000)
    const all = [...grants.values()].flat().toSorted((a, b) => a - b)
    expect(Math.min(...gapsOf(all))).toBeGreaterThanOrEqual(40_000)
  })

  test('takes no place in a bucket while a wider one has none, and frees both', async () => {
    await using world = await setup()
    const app = { key: 'app', perSecond: 1000, inFlight: 1 }
    const account = { key: 'account', perSecond: 1000, inFlight: 2, within: app }
    const held = await world.bucket.grant(account, patient)
    await expect(world.bucket.grant(account, { ...patient, maxWait: 30 })).rejects.toThrow(RateLimitedError)
    expect(await world.redis.zcard(world.keysOf('account').inFlight)).toBe(1)
    await held.release()
    expect(await world.redis.exists(world.keysOf('account').inFlight, world.keysOf('app').inFlight)).toBe(0)
    await world.bucket.block('app', 60_000)
    await expect(world.bucket.grant(account, patient)).rejects.toThrow(RateLimitedError)
  })

  test('keeps buckets apart', async () => {
    await using world = await setup()
    await world.bucket.block('a', 60_000)
    await expect(world.bucket.grant({ key: 'b', perSecond: 5, inFlight: 2 }, patient)).resolves.toBeDefined()
  })

  test('lets nobody in while a bucket is blocked, and never shortens a block', async () => {
    await using world = await setup(2)
    await world.bucket.block('k', 60_000)
    await world.bucket.block('k', 10)
    const refusal = await world.buckets[1]
      ?.grant({ key: 'k', perSecond: 5, inFlight: 2 }, { ...patient, maxWait: 5000 })
      .catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(RateLimitedError)
    expect((refusal as RateLimitedError).retryAfter).toBeGreaterThan(30_000)
  })

  test('lets a request in when the block is over', async () => {
    await using world = await setup()
    await world.bucket.block('k', 30)
    await expect(world.bucket.grant({ key: 'k', perSecond: 5, inFlight: 2 }, patient)).resolves.toBeDefined()
  })

  test('backs off from two seconds, doubling, up to a minute', async () => {
    await using world = await setup()
    const waits: number[] = []
    for (let refusal = 0; refusal < 7; refusal += 1) {
      waits.push(await world.bucket.backOff('k'))
      await world.redis.del(world.keysOf('k').blocked)
    }
    for (const [index, least] of [2, 4, 8, 16, 32, 60, 60].entries()) {
      expect(waits[index]).toBeGreaterThanOrEqual(least * 1000)
      expect(waits[index]).toBeLessThanOrEqual(least * 1250 + 1)
    }
  })

  test('backs off as its vendor wants, and remembers a refusal for as long as it asked to wait', async () => {
    await using world = await setup()
    const pauses = { first: 300_000, longest: 700_000 }
    const waits: number[] = []
    for (let refusal = 0; refusal < 3; refusal += 1) {
      waits.push(await world.bucket.backOff('k', pauses))
      await world.redis.del(world.keysOf('k').blocked)
    }
    for (const [index, least] of [300, 600, 700].entries()) {
      expect(waits[index]).toBeGreaterThanOrEqual(least * 1000)
      expect(waits[index]).toBeLessThanOrEqual(least * 1250 + 1)
    }
    expect(await world.redis.pttl(world.keysOf('k').refusals)).toBeGreaterThan(900_000)
  })

  test('counts refusals that arrive together once', async () => {
    await using world = await setup(2)
    // The second one must not come when the pause of the first is over.
    const pauses = { first: 60_000, longest: 60_000 }
    await Promise.all(world.buckets.map((bucket) => bucket.backOff('k', pauses)))
    expect(await world.redis.get(world.keysOf('k').refusals)).toBe('1')
  })

  test('gives the place back and rejects with the caller’s reason when it aborts', async () => {
    await using world = await setup()
    const slow = { key: 'k', perSecond: 0.05, inFlight: 5 }
    await world.bucket.grant(slow, patient)
    const caller = new AbortController()
    const reason = new Error('stopping')
    const asked = world.bucket.grant(slow, { ...patient, signal: caller.signal })
    setImmediate(() => caller.abort(reason))
    await expect(asked).rejects.toBe(reason)
    expect(await world.redis.zcard(world.keysOf('k').inFlight)).toBe(1)
  })

  test('leaves no key behind without a lifetime', async () => {
    await using world = await setup()
    // Long ones, so that none is over before it is looked at.
    await world.bucket.grant({ key: 'k', perSecond: 0.01, inFlight: 2 }, patient)
    await world.bucket.backOff('k', { first: 60_000, longest: 60_000 })
    const lifetimes = await Promise.all(Object.values(world.keysOf('k')).map((key) => world.redis.pttl(key)))
    for (const lifetime of lifetimes) expect(lifetime).toBeGreaterThan(0)
  })

  test('fails where Redis cannot be asked', async () => {
    const away = new Redis({ host: '127.0.0.1', port: 1, lazyConnect: true, enableOfflineQueue: false })
    const buckets = new RateBuckets(away, 'p')
    await expect(buckets.grant({ key: 'k', perSecond: 5, inFlight: 2 }, patient)).rejects.toThrow(
      StorageUnavailableError,
    )
    await expect(buckets.block('k', 10)).rejects.toThrow(StorageUnavailableError)
    await expect(buckets.backOff('k')).rejects.toThrow(StorageUnavailableError)
    away.disconnect()
  })
})
