import { z } from 'zod'
import { RateLimitedError } from '../../src/job/errors'
import type { Pauses, VendorAccess } from '../../src/job/http'
import { minutes } from '../../src/lib/durations'
import { testDoor } from '../support/door'
import { json, localVendor } from '../support/local-vendor'

const schema = z.object({ ok: z.boolean() })
const { signal } = new AbortController()
const pauses = { first: minutes(5), longest: minutes(60) }
const bucket = {
  key: 'account',
  perSecond: 5,
  inFlight: 2,
  pauses,
  within: { key: 'app', perSecond: 50, inFlight: 20 },
}

const setup = async (translate: VendorAccess['translate'], refuses?: string) => {
  const vendor = await localVendor(json({ ok: true }))
  const asked: unknown[] = []
  const { door } = testDoor(vendor.url, {
    bucketScale: 2,
    limiter: {
      grant: async ({ key, perSecond, within }) => {
        asked.push(`grant ${key} ${perSecond} within ${within?.key} ${within?.perSecond}`)
        if (key === refuses) throw new RateLimitedError('taken', minutes(1))
        return { at: 0, release: async () => void asked.push(`release ${key}`) }
      },
      block: async (key, milliseconds) => void asked.push(`block ${key} ${milliseconds}`),
      backOff: async (key: string, given?: Pauses) => {
        asked.push(`back off ${key} ${given?.first ?? 'as usual'}`)
        return minutes(6)
      },
    },
  })
  return {
    vendor,
    asked,
    get: async () =>
      door
        .for({ host: 'metaGraph', bucket, ...(translate ? { translate } : {}) })
        .get('/a', { schema, signal }),
    [Symbol.asyncDispose]: async () => {
      await door[Symbol.asyncDispose]()
      await vendor[Symbol.asyncDispose]()
    },
  }
}

describe('a bucket within a wider one', () => {
  test('is asked for a place in both at once, and freed', async () => {
    await using world = await setup(undefined)
    await world.get()
    expect(world.asked).toEqual(['grant account 10 within app 100', 'release account'])
  })

  test('sends nothing where there is no place', async () => {
    await using world = await setup(undefined, 'account')
    await expect(world.get()).rejects.toThrow('taken')
    expect(world.vendor.seen).toEqual([])
  })

  test.each([
    ['its own', undefined, 'block account 60000'],
    ['the one that the refusal names', 'app', 'block app 60000'],
    ['its own where the refusal names a stranger', 'elsewhere', 'block account 60000'],
  ])('blocks %s', async (_, named, expected) => {
    await using world = await setup(
      () => new RateLimitedError('limited', minutes(1), named === undefined ? {} : { bucket: named }),
    )
    await expect(world.get()).rejects.toThrow('limited, wait 1 min')
    expect(world.asked).toContain(expected)
  })

  test.each([
    ['its own pauses', undefined, `back off account ${minutes(5)}`],
    ['the usual ones', 'app', 'back off app as usual'],
  ])('backs off by %s where the vendor names no wait', async (_, named, expected) => {
    await using world = await setup(
      () =>
        new RateLimitedError('limited', 1, {
          isGuess: true,
          ...(named === undefined ? {} : { bucket: named }),
        }),
    )
    await expect(world.get()).rejects.toMatchObject({ retryAfter: minutes(6) })
    expect(world.asked).toContain(expected)
  })
})
