import { z } from 'zod'
import type { RateBucket } from '../../src/job/http'
import { bucketFor } from '../../src/vendors/rate-share'
import { testDoor } from '../support/door'
import { json, localVendor } from '../support/local-vendor'

const bucket: RateBucket = {
  key: 'account',
  perSecond: 5,
  inFlight: 3,
  within: { key: 'app', perSecond: 50, inFlight: 20 },
}
const limitsOf = (of: RateBucket): (readonly [string, number, number])[] => [
  [of.key, of.perSecond, of.inFlight],
  ...(of.within ? limitsOf(of.within) : []),
]

describe('a share of the limits', () => {
  test('is in further buckets of the caller’s own, and leaves those of all others as they are', () => {
    expect(limitsOf(bucketFor(bucket, { of: 'ctm', percent: () => 50 }))).toEqual([
      ['account', 5, 3],
      ['app', 50, 20],
      ['account-of-ctm', 2.5, 1],
      ['app-of-ctm', 25, 10],
    ])
  })

  test('of all is no share', () => {
    expect(bucketFor(bucket, { of: 'ctm', percent: () => 100 })).toBe(bucket)
  })

  test('is asked for with every request, so that a change reaches a sync under way', async () => {
    await using vendor = await localVendor(json({ ok: true }))
    const asked: unknown[] = []
    let percent = 100
    const { door } = testDoor(vendor.url, {
      bucketScale: 2,
      limiter: {
        grant: async (of) => {
          asked.push(limitsOf(of))
          return { at: 0, release: async () => undefined }
        },
        block: async () => undefined,
        backOff: async () => 0,
      },
    })
    await using _ = door
    const one = { key: 'key', perSecond: 10, inFlight: 4 }
    const http = door.limitedTo({ of: 'ctm', percent: () => percent }).for({ host: 'ctm', bucket: one })
    const get = async () =>
      http.get('/a', { schema: z.object({ ok: z.boolean() }), signal: new AbortController().signal })

    await get()
    percent = 50
    await get()

    expect(asked).toEqual([
      [['key', 20, 8]],
      [
        ['key', 20, 8],
        ['key-of-ctm', 10, 4],
      ],
    ])
  })
})
