import { once } from 'node:events'
import { Leases } from '../../src/queue/leases'
import { keys } from '../../src/queue/keys'
import { TestQueues } from '../support/queues'

describe('Leases', () => {
  let world: TestQueues
  let leases: Leases
  beforeEach(async () => {
    world = await TestQueues.open()
    leases = new Leases(world.redis, world.prefix, () => undefined)
  })
  afterEach(async () => {
    await leases[Symbol.asyncDispose]()
    await world[Symbol.asyncDispose]()
  })

  const key = (account: string) => keys(world.prefix).lease(account)

  test('keep another sync off the account until they are released', async () => {
    {
      await using lease = await leases.take('7', 'sync-a')
      expect(lease).toBeDefined()
      expect(await leases.take('7', 'sync-b')).toBeUndefined()
      expect(await leases.take('8', 'sync-b')).toBeDefined()
    }
    expect(await leases.take('7', 'sync-b')).toBeDefined()
  })

  test('go to the next attempt of the same sync at once, and the former hears of it', async () => {
    const former = await leases.take('7', 'sync-a')
    const elsewhere = new Leases(world.redis, world.prefix, () => undefined)
    const next = await elsewhere.take('7', 'sync-a')
    expect(next).toBeDefined()

    if (former && !former.signal.aborted) await once(former.signal, 'abort')
    expect(former?.signal.reason).toMatchObject({ cut: 'lease-lost' })

    await former?.[Symbol.asyncDispose]()
    expect(await world.redis.exists(key('7'))).toBe(1)
    await elsewhere[Symbol.asyncDispose]()
  })

  test('do not confuse a sync with one whose id begins alike', async () => {
    expect(await leases.take('7', '1')).toBeDefined()
    expect(await leases.take('7', '12')).toBeUndefined()
    expect(await leases.take('9', '12')).toBeDefined()
    expect(await leases.take('9', '1')).toBeUndefined()
  })

  test('are taken, kept and released by a Redis that has forgotten the scripts', async () => {
    const takers = ['sync-a', 'sync-b', 'sync-c']
    await world.redis.script('FLUSH')
    const taken = await Promise.all(takers.map((syncId) => leases.take('7', syncId)))
    expect(taken.map((lease) => lease !== undefined)).toEqual([true, false, false])
    await world.redis.script('FLUSH')
    await taken[0]?.[Symbol.asyncDispose]()
    expect(await world.redis.exists(key('7'))).toBe(0)
  })

  test('lapse by themselves when nobody renews them', async () => {
    await leases.take('7', 'sync-a')
    const left = await world.redis.pttl(key('7'))
    expect(left).toBeGreaterThan(0)
    expect(left).toBeLessThanOrEqual(8000)
  })

  test('are lost when another sync has them', async () => {
    const lease = await leases.take('7', 'sync-a')
    await world.redis.set(key('7'), 'sync-b/token')
    if (lease && !lease.signal.aborted) await once(lease.signal, 'abort')
    expect(lease?.signal.reason).toMatchObject({ cut: 'lease-lost' })
  })
})
