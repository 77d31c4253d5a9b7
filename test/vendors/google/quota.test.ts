import { Redis } from 'ioredis'
import { z } from 'zod'
import { RateLimitedError } from '../../../src/job/errors'
import { RateBuckets } from '../../../src/queue/rate-buckets'
import { GoogleAdsClient } from '../../../src/vendors/google/client'
import { googleCustomer, googleSecrets, googleWorld } from '../../support/google-world'
import { testRedis } from '../../support/redis'

const query = 'SELECT customer.id FROM customer'
const { signal } = new AbortController()
const other = '9990002222'

/** Two workers of one fleet, each with a door of its own. */
const setup = async () => {
  const { url, prefix } = testRedis()
  const redis = new Redis(url)
  const limiter = new RateBuckets(redis, prefix)
  const world = await googleWorld()
  const workers = [world.doorWith({ limiter }), world.doorWith({ limiter })] as const
  return {
    ...world,
    ask: async (worker: 0 | 1, customer: string) => {
      const client = new GoogleAdsClient(workers[worker], googleSecrets, world.now())
      return client.search(customer, query, z.unknown(), signal).next()
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(workers.map(async (door) => door[Symbol.asyncDispose]()))
      await redis.quit()
      await world[Symbol.asyncDispose]()
    },
  }
}

describe('a quota that is used up', () => {
  test('holds up every account of the developer token, in the whole fleet', async () => {
    await using world = await setup()
    world.sandbox.faults.add({ kind: 'quirk', name: 'developer-quota', path: 'search' })
    await expect(world.ask(0, googleCustomer.id)).rejects.toThrow(RateLimitedError)
    const asked = world.queries()
    const refused: unknown = await world.ask(1, other).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(RateLimitedError)
    expect((refused as RateLimitedError).retryAfter).toBeGreaterThan(800_000)
    expect(world.queries()).toBe(asked)
  })

  test('holds up only its own account where Google says so', async () => {
    await using world = await setup()
    world.sandbox.faults.add({ kind: 'quirk', name: 'account-quota', path: 'search' })
    await expect(world.ask(0, googleCustomer.id)).rejects.toThrow(RateLimitedError)
    const asked = world.queries()
    await expect(world.ask(1, googleCustomer.id)).rejects.toThrow(RateLimitedError)
    expect(world.queries()).toBe(asked)
    expect((await world.ask(1, other)).value).toMatchObject({ rows: [{ customer: { id: other } }] })
  })

  test('without a wait is waited out ten seconds at first', async () => {
    await using world = await setup()
    world.sandbox.faults.add({ kind: 'quirk', name: 'developer-quota-open', path: 'search' })
    const refused: unknown = await world.ask(0, googleCustomer.id).catch((error: unknown) => error)
    expect(refused).toBeInstanceOf(RateLimitedError)
    expect((refused as RateLimitedError).retryAfter).toBeGreaterThan(9000)
    expect((refused as RateLimitedError).retryAfter).toBeLessThan(13_000)
  })
})
