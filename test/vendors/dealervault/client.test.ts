import {
  PagingLoopError,
  PositionRefusedError,
  QuotaError,
  RateLimitedError,
  VendorAuthError,
  VendorConfigError,
  VendorResponseError,
  VendorUnavailableError,
} from '../../../src/job/errors'
import { hours, minutes, seconds } from '../../../src/lib/durations'
import { dealervaultAccess } from '../../../src/vendors/dealervault/access'
import { DealerVaultClient, type DeliveryPlace, type RowsPage } from '../../../src/vendors/dealervault/client'
import { testDoor } from '../../support/door'
import { json, localVendor, plain, reset } from '../../support/local-vendor'

const secrets = { program_id: 'DVV10001', subscription_key: 'the key', user_email: 'feeds@agency.example' }
const { signal } = new AbortController()
const token = json({ token: 'first.jwt' })
const catchup = {
  type: 'Catchup',
  catchupStartDate: '2026-02-25',
  catchupEndDate: '2026-03-04',
} as const
const order = { rooftopId: 'DVD40001', fileType: 'SL', options: catchup } as const
const feed = { rooftopId: 'DVD40001', fileType: 'SL', since: '2026-03-03' } as const
const gateway = (status: number, headers: Record<string, string> = {}, message = 'no') =>
  json({ statusCode: status, message }, status, headers)
const page = (records: unknown[], totalRecords: number, continuationToken?: string) =>
  json({
    requestId: 'a1',
    totalRecords,
    totalRecordsInPage: records.length,
    records,
    ...(continuationToken === undefined ? {} : { continuationToken }),
  })

const setup = async (...answers: Parameters<typeof localVendor>) => {
  const vendor = await localVendor(...answers)
  const { door, waits } = testDoor(`${vendor.url}/dv/v1`)
  const client = new DealerVaultClient(door, secrets)
  return {
    vendor,
    client,
    door,
    waits,
    urls: () => vendor.seen.map(({ method, url }) => `${method} ${url.replace('/dv/v1', '')}`),
    pages: async (from?: DeliveryPlace) => {
      const pages: RowsPage[] = []
      for await (const read of client.rows('a1', from, signal)) pages.push(read)
      return pages
    },
    [Symbol.asyncDispose]: async () => {
      await door[Symbol.asyncDispose]()
      await vendor[Symbol.asyncDispose]()
    },
  }
}

describe('DealerVaultClient', () => {
  test('fetches one token for all that is asked at once, and sends it with key and user', async () => {
    await using world = await setup(token, json([]))
    await Promise.all([world.client.lastPoll(feed, signal), world.client.lastPoll(feed, signal)])
    expect(world.urls()).toEqual([
      'GET /token',
      expect.stringMatching(/updated-data/),
      expect.stringMatching(/updated-data/),
    ])
    expect(world.vendor.seen[0]?.headers).toMatchObject({
      'ocp-apim-subscription-key': 'the key',
      'x-user': 'feeds@agency.example',
    })
    expect(world.vendor.seen[1]?.headers).toMatchObject({
      'ocp-apim-subscription-key': 'the key',
      'x-user': 'feeds@agency.example',
      'x-jwt-token': 'first.jwt',
      'content-type': 'application/json',
    })
  })

  test('finds the rooftop among all those of the program that have news', async () => {
    const listed = [
      { dvdId: 'DVD40002', fileTypeCode: 'SL', lastPollDate: '2026-03-04T01:00:00' },
      { dvdId: 'DVD40001', fileTypeCode: 'SL', lastPollDate: '2026-03-04T05:24:40' },
    ]
    await using world = await setup(token, json(listed), json(listed.slice(0, 1)), plain('', 204))
    expect(await world.client.lastPoll(feed, signal)).toBe('2026-03-04T05:24:40')
    expect(world.urls()[1]).toBe(
      'GET /vendor/DVV10001/feeds/updated-data?fileTypeCode=SL&compareDate=2026-03-03',
    )
    expect(await world.client.lastPoll(feed, signal)).toBeUndefined()
    expect(await world.client.lastPoll(feed, signal)).toBeUndefined()
  })

  test('asks for a delivery once', async () => {
    await using world = await setup(token, json({ requestId: 'a1', status: 'Queued', recordCount: 0 }))
    expect(await world.client.ask(order, signal)).toMatchObject({ requestId: 'a1', status: 'Queued' })
    expect(JSON.parse(world.vendor.seen[1]?.body ?? '')).toEqual({ programId: 'DVV10001', ...order })
  })

  test('does not ask again where nobody can tell whether the vendor has heard', async () => {
    await using world = await setup(token, reset)
    await expect(world.client.ask(order, signal)).rejects.toThrow(VendorUnavailableError)
    expect(world.urls().filter((url) => url.startsWith('POST'))).toHaveLength(1)
  })

  test.each(['Queued', 'InProgress', 'Ready', 'Error', 'Purged'])(
    'tells that a delivery is %s',
    async (status) => {
      await using world = await setup(token, json({ requestId: 'a1', status }))
      expect(await world.client.status('a1', signal)).toBe(status)
      expect(world.urls()[1]).toBe('GET /delivery/a1')
    },
  )

  test('takes a delivery that is unknown for one that is purged, and asks once', async () => {
    await using world = await setup(token, gateway(404))
    expect(await world.client.status('a1', signal)).toBe('Purged')
    expect(world.vendor.seen).toHaveLength(2)
  })

  test('blames the vendor for a status that is not documented', async () => {
    await using world = await setup(token, json({ requestId: 'a1', status: 'Napping' }))
    await expect(world.client.status('a1', signal)).rejects.toThrow(VendorResponseError)
  })

  describe('rows', () => {
    test('follow tokens, written with care, until there is none', async () => {
      await using world = await setup(
        token,
        page([1, 2], 5, 'T+/='),
        page([], 5, 'U'),
        page([3, 4, 5], 5, ''),
      )
      expect(await world.pages()).toEqual([
        { rows: [1, 2], next: { token: 'T+/=', rows: 2 } },
        { rows: [], next: { token: 'U', rows: 2 } },
        { rows: [3, 4, 5], next: undefined },
      ])
      expect(world.urls().slice(1, 3)).toEqual([
        'GET /delivery?requestId=a1&pageSize=500',
        'GET /delivery?requestId=a1&pageSize=500&continuationToken=T%2B%2F%3D',
      ])
    })

    test('go on from a saved place, and count what came before it', async () => {
      await using world = await setup(token, page([3, 4, 5], 5))
      expect(await world.pages({ token: 'T', rows: 2 })).toEqual([{ rows: [3, 4, 5], next: undefined }])
    })

    test('are none where the answer has no body', async () => {
      await using world = await setup(token, plain('', 204))
      expect(await world.pages()).toEqual([{ rows: [], next: undefined }])
    })

    test.each([
      ['fewer than the vendor says', [page([1, 2], 3)]],
      ['more than the vendor says', [page([1, 2], 3, 'T'), page([3, 4], 3)]],
      ['other than the page says', [json({ totalRecords: 2, totalRecordsInPage: 2, records: [1] })]],
    ])('that are %s do not count as whole', async (_, pages) => {
      await using world = await setup(token, ...pages)
      await expect(world.pages()).rejects.toThrow(VendorResponseError)
    })

    test('stop at a token that leads back', async () => {
      await using world = await setup(token, page([1], 9, 'T'), page([2], 9, 'T'))
      await expect(world.pages()).rejects.toThrow(PagingLoopError)
    })

    test.each([
      ['its token', 400, { token: 'T', rows: 2 }],
      ['the delivery in the middle', 404, { token: 'T', rows: 2 }],
      ['the delivery at its beginning', 404, undefined],
    ] as const)('that are refused for %s leave the place', async (_, status, from) => {
      await using world = await setup(token, gateway(status))
      await expect(world.pages(from)).rejects.toThrow(PositionRefusedError)
    })

    test('may be anything', async () => {
      await using world = await setup(token, page([null, 'x', { 'Deal Number': 7 }], 3))
      expect(await world.pages()).toEqual([{ rows: [null, 'x', { 'Deal Number': 7 }], next: undefined }])
    })
  })

  describe('refusals', () => {
    test.each([401, 403, 400, 404])('%i for a token concern the whole credential', async (status) => {
      await using world = await setup(gateway(status))
      await expect(world.client.ask(order, signal)).rejects.toThrow(VendorAuthError)
      expect(world.vendor.seen).toHaveLength(1)
    })

    test.each([401, 403])('%i elsewhere are tried with a new token, once', async (status) => {
      await using world = await setup(token, gateway(status), json({ token: 'second.jwt' }), json([]))
      expect(await world.client.lastPoll(feed, signal)).toBeUndefined()
      expect(world.urls().filter((url) => url === 'GET /token')).toHaveLength(2)
      expect(world.vendor.seen[3]?.headers['x-jwt-token']).toBe('second.jwt')
    })

    test.each([401, 403])('%i with a new token as well concern the account', async (status) => {
      await using world = await setup(token, gateway(status), token, gateway(status))
      await expect(world.client.lastPoll(feed, signal)).rejects.toThrow(VendorConfigError)
      expect(world.vendor.seen).toHaveLength(4)
    })

    test.each([400, 404])('%i for a delivery concern the account', async (status) => {
      await using world = await setup(token, gateway(status))
      await expect(world.client.ask(order, signal)).rejects.toThrow(VendorConfigError)
    })

    test.each([
      ['an hour at least', '90', hours(1)],
      ['as long as it says', '7200', hours(2)],
    ])('403 with a wait are a spent quota, for %s', async (_, retryAfter, wait) => {
      await using world = await setup(token, gateway(403, { 'retry-after': retryAfter }))
      const failure = await world.client.lastPoll(feed, signal).catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(QuotaError)
      expect(failure).toMatchObject({ retryAfter: wait })
    })

    test.each<[string, Record<string, string>, string, number]>([
      ['header', { 'retry-after': '60' }, 'wait', minutes(1)],
      ['message', {}, 'Rate limit is exceeded. Try again in 40 seconds.', seconds(40)],
    ])('429 wait as the %s says', async (_, headers, message, wait) => {
      await using world = await setup(token, gateway(429, headers, message))
      const failure = await world.client.lastPoll(feed, signal).catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(RateLimitedError)
      expect(failure).toMatchObject({ retryAfter: wait })
    })

    test('a short 429 and a server error are got over', async () => {
      await using world = await setup(token, gateway(429, { 'retry-after': '2' }), gateway(503), json([]))
      await world.client.lastPoll(feed, signal)
      expect(world.waits).toEqual([2000, 500])
    })

    test('a success that carries no data is none', async () => {
      await using world = await setup(token, json([], 202))
      await expect(world.client.lastPoll(feed, signal)).rejects.toThrow(/status 202, which is not documented/)
    })

    test('say nothing of keys, tokens and bodies', async () => {
      await using world = await setup(token, gateway(400, {}, 'CANARY the key'))
      const failure = await world.client.ask(order, signal).catch((error: unknown) => error)
      expect(String(failure)).not.toMatch(/CANARY|the key|first\.jwt|feeds@/)
    })
  })
})

describe('dealervaultAccess', () => {
  test('shares bucket and token among all rooftops of a key, without showing it', async () => {
    await using world = await setup()
    const access = dealervaultAccess(secrets, world.door)
    expect(access.bucket).toEqual(
      dealervaultAccess({ ...secrets, user_email: 'other@x.example' }, world.door).bucket,
    )
    expect(access.token?.key).not.toBe(
      dealervaultAccess({ ...secrets, user_email: 'other@x.example' }, world.door).token?.key,
    )
    expect(JSON.stringify([access.bucket, access.token?.key])).not.toContain('the key')
    expect(access.bucket?.perSecond).toBeLessThanOrEqual(3)
  })
})
