import {
  NotReadyError,
  QuotaError,
  RateLimitedError,
  VendorAuthError,
  VendorConfigError,
  VendorRequestError,
  VendorResponseError,
  VendorTimeoutError,
  VendorUnavailableError,
} from '../../../src/job/errors'
import { hours, seconds } from '../../../src/lib/durations'
import { fortellisAccess } from '../../../src/vendors/fortellis/access'
import { FortellisClient, type ExtractRequest } from '../../../src/vendors/fortellis/client'
import { OperationLostError, WindowTooBigError } from '../../../src/vendors/fortellis/errors'
import { testDoor } from '../../support/door'
import { json, localVendor } from '../../support/local-vendor'

const subscriptionId = '3f9b7a4e-6c1d-4e2a-8b57-0a1b2c3d4e5f'
const { signal } = new AbortController()
const untilReset = hours(5)
const request: ExtractRequest = {
  resource: 'sales',
  list: 'closed/delta',
  department: 'FI-1',
  from: '2026-03-04T04:00:00Z',
  to: '2026-03-04T10:00:00Z',
}
const token = (value = 'T1', expires_in: unknown = 3600) =>
  json({ token_type: 'Bearer', expires_in, access_token: value, scope: 'anonymous' })
const envelope = (fields: object = {}) => ({
  operationId: '0f6d5f2e-8d0e-4a5e-9a43-1f1f3b1a7d10',
  status: 'received',
  checkStatusAfterSeconds: 30,
  _links: { status: { href: 'https://elsewhere.example/status' } },
  ...fields,
})

const setup = async (...answers: Parameters<typeof localVendor>) => {
  const vendor = await localVendor(...answers)
  let clock = 0
  const { door, waits } = testDoor(vendor.url, { tokenClock: () => clock })
  const client = (api_key = 'key') =>
    new FortellisClient(door, { secrets: { api_key, api_secret: 'secret' }, subscriptionId, untilReset })
  return {
    vendor,
    waits,
    client,
    pass: (milliseconds: number) => (clock += milliseconds),
    start: () => client().start(request, signal),
    records: async () => {
      const records: unknown[] = []
      for await (const record of client().result(request, 'op-1', signal)) records.push(record)
      return records
    },
    [Symbol.asyncDispose]: async () => {
      await door[Symbol.asyncDispose]()
      await vendor[Symbol.asyncDispose]()
    },
  }
}

describe('FortellisClient', () => {
  test('asks for a token as the app, and then for the extract as the dealership', async () => {
    await using world = await setup(token(), json(envelope(), 202))
    expect(await world.start()).toEqual({
      operationId: '0f6d5f2e-8d0e-4a5e-9a43-1f1f3b1a7d10',
      checkAfter: seconds(30),
    })
    expect(world.vendor.seen[0]).toMatchObject({
      method: 'POST',
      url: '/token',
      body: 'grant_type=client_credentials&scope=anonymous',
      headers: {
        authorization: `Basic ${Buffer.from('key:secret').toString('base64')}`,
        accept: 'application/json',
        'content-type': expect.stringContaining('application/x-www-form-urlencoded') as string,
      },
    })
    expect(world.vendor.seen[1]).toMatchObject({
      method: 'GET',
      url: '/cdk/drive/fisales/v4/closed/delta?startDate=2026-03-04T04%3A00%3A00Z&endDate=2026-03-04T10%3A00%3A00Z',
      headers: {
        authorization: 'Bearer T1',
        'subscription-id': subscriptionId,
        'department-id': 'FI-1',
        accept: 'application/json',
        'request-id': expect.stringMatching(
          /^[\da-f]{8}-[\da-f]{4}-4[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/,
        ) as string,
      },
    })
  })

  test.each([
    ['sales', 'history', '/cdk/drive/fisalessetup/v3/history'],
    ['repair_orders', 'open', '/cdk/drive/servicerepairorder/v3/open'],
    ['repair_orders', 'history', '/cdk/drive/servicerepairordersetup/v2/history'],
    ['appointments', 'bulk', '/cdk/drive/serviceappointment/v1/bulk'],
    ['customers', 'delta', '/cdk/drive/customer/v3/delta'],
  ] as const)('asks the right API for %s, %s', async (resource, list, path) => {
    await using world = await setup(token(), json(envelope(), 202))
    await world.client().start({ ...request, resource, list, from: null, to: null }, signal)
    expect(world.vendor.seen[1]?.url).toBe(path)
  })

  test('leaves the first part of paths out for the vendor’s test data', async () => {
    await using world = await setup(token(), json(envelope(), 202))
    const { door } = testDoor(world.vendor.url)
    const secrets = { api_key: 'key', api_secret: 'secret', test_data: true }
    await new FortellisClient(door, { secrets, subscriptionId, untilReset }).start(request, signal)
    expect(world.vendor.seen[1]?.url).toMatch(/^\/drive\/fisales\/v4\/closed\/delta\?/)
    await door[Symbol.asyncDispose]()
  })

  test('gives every call a request id of its own', async () => {
    await using world = await setup(token(), json(envelope(), 202))
    await world.start()
    await world.start()
    const ids = world.vendor.seen.slice(1).map(({ headers }) => headers['request-id'])
    expect(new Set(ids).size).toBe(2)
  })

  test('names that id where a request is refused', async () => {
    await using world = await setup(token(), json({ message: 'no' }, 400))
    const refused = world.start().catch((error: unknown) => error)
    expect(String(await refused)).toContain(String(world.vendor.seen[1]?.headers['request-id']))
  })

  test('shares one token among all dealerships of the app until five minutes before its end', async () => {
    await using world = await setup(
      token(),
      json(envelope(), 202),
      json(envelope(), 202),
      token('T2'),
      json(envelope(), 202),
    )
    await world.start()
    world.pass(seconds(3299))
    await world.start()
    expect(world.vendor.seen).toHaveLength(3)
    world.pass(seconds(2))
    await world.start()
    expect(world.vendor.seen[4]?.headers).toMatchObject({ authorization: 'Bearer T2' })
  })

  test('keeps to the limits of the dealership, and to those of the app around them', async () => {
    const { door } = testDoor('http://127.0.0.1:1')
    const bucketOf = (subscription: string, api_key = 'key') =>
      fortellisAccess(door, {
        secrets: { api_key, api_secret: 's' },
        subscriptionId: subscription,
        untilReset,
      }).bucket
    expect(bucketOf('a')).toMatchObject({ perSecond: 2, inFlight: 2, within: { perSecond: 10 } })
    expect(bucketOf('a')?.key).not.toBe(bucketOf('b')?.key)
    expect(bucketOf('a')?.within?.key).toBe(bucketOf('b')?.within?.key)
    expect(bucketOf('a')?.within?.key).not.toBe(bucketOf('a', 'other')?.within?.key)
    expect(JSON.stringify(bucketOf('a', 'a-long-key'))).not.toContain('a-long-key')
    await door[Symbol.asyncDispose]()
  })

  test('asks for one token only, however many calls want it at once', async () => {
    await using world = await setup(token(), json(envelope(), 202))
    await Promise.all([world.start(), world.start(), world.start()])
    expect(world.vendor.seen.filter(({ url }) => url === '/token')).toHaveLength(1)
  })

  test.each([[401], [400], [403]])(
    'says that the app is refused where its token is, with status %i',
    async (status) => {
      await using world = await setup(json({ error: 'invalid_client', error_description: 'key' }, status))
      await expect(world.start()).rejects.toThrow(VendorAuthError)
      expect(world.vendor.seen).toHaveLength(1)
    },
  )

  test.each([['TOKEN-EXPIRED'], ['INVALID-TOKEN']])('fetches a new token once after %s', async (code) => {
    await using world = await setup(token(), json({ code }, 401), token('T2'), json(envelope(), 202))
    await world.start()
    expect(world.vendor.seen[3]?.headers).toMatchObject({ authorization: 'Bearer T2' })
    await using refused = await setup(token(), json({ code }, 401), token('T2'), json({ code }, 401))
    await expect(refused.start()).rejects.toThrow(VendorAuthError)
    expect(refused.vendor.seen).toHaveLength(4)
  })

  describe('says what a refusal means:', () => {
    test.each([
      ['MISSING-AUTHORIZATION', 401, VendorAuthError],
      ['TOKEN-ISSUER-MISMATCH', 401, VendorAuthError],
      ['TOKEN-AUDIENCE-MISMATCH', 401, VendorAuthError],
      ['UNAUTHORIZED-API-ACCESS', 403, VendorAuthError],
      ['API-DOES-NOT-EXIST', 404, VendorAuthError],
      ['MISSING-SUBSCRIPTION-ID', 400, VendorConfigError],
      ['SUBSCRIPTION-MISMATCH', 403, VendorConfigError],
      ['API-SUBSCRIPTION-INACTIVE', 403, VendorConfigError],
      ['SUBSCRIBER-CONFIGURATION-PENDING', 403, VendorConfigError],
      ['API-CONFIGURATION-ERROR', 500, NotReadyError],
      ['QUOTA-EXCEEDED', 429, QuotaError],
      ['ROUTING-ERROR', 500, VendorUnavailableError],
      ['PROCESSING-ERROR', 500, VendorUnavailableError],
      ['TARGET-SYSTEM-UNREACHABLE', 502, VendorUnavailableError],
      ['TARGET-SYSTEM-TIMED-OUT', 504, VendorUnavailableError],
      ['TARGET-RESPONSE', 400, VendorRequestError],
      ['TARGET-RESPONSE', 503, VendorUnavailableError],
      ['PAYLOAD-TOO-BIG', 413, WindowTooBigError],
    ])('%s with status %i', async (code, status, expected) => {
      // With the code of its own, or only mentioned.
      for (const body of [{ code, message: 'refused' }, { message: `(${code}) CANARY text of the vendor` }]) {
        await using world = await setup(token(), json(body, status))
        const refused = world.start()
        await expect(refused).rejects.toThrow(expected)
        await expect(refused).rejects.not.toThrow(/CANARY/)
      }
    })

    test.each([
      [400, VendorRequestError],
      [401, VendorAuthError],
      [403, VendorConfigError],
      [404, VendorConfigError],
      [408, VendorTimeoutError],
      [413, WindowTooBigError],
      [429, RateLimitedError],
      [500, VendorUnavailableError],
      [502, VendorUnavailableError],
      [503, VendorUnavailableError],
      [504, VendorUnavailableError],
    ])('status %i without a code', async (status, expected) => {
      await using world = await setup(
        token(),
        json({ message: 'no code here', code: 'SOMETHING-ELSE' }, status),
      )
      await expect(world.start()).rejects.toThrow(expected)
    })
  })

  test('tries three times what may pass', async () => {
    await using world = await setup(token(), json({ code: 'ROUTING-ERROR' }, 500))
    await expect(world.start()).rejects.toThrow(/ROUTING-ERROR/)
    expect(world.vendor.seen).toHaveLength(4)
  })

  test('says how long a used-up quota and a wrong setup last', async () => {
    await using quota = await setup(token(), json({ code: 'QUOTA-EXCEEDED' }, 429))
    await expect(quota.start()).rejects.toMatchObject({ retryAfter: untilReset })
    await using wrong = await setup(token(), json({ code: 'API-CONFIGURATION-ERROR' }, 500))
    await expect(wrong.start()).rejects.toMatchObject({ retryAfter: hours(2) })
    expect(wrong.vendor.seen).toHaveLength(2)
  })

  test.each([
    ['received', envelope(), { status: 'received', checkAfter: seconds(30) }],
    [
      'received without a wait',
      envelope({ checkStatusAfterSeconds: null }),
      { status: 'received', checkAfter: seconds(30) },
    ],
    [
      'received with a short wait',
      envelope({ checkStatusAfterSeconds: 0 }),
      { status: 'received', checkAfter: seconds(1) },
    ],
    ['complete', envelope({ status: 'complete', checkStatusAfterSeconds: null }), { status: 'complete' }],
    ['complete in capitals', envelope({ status: 'COMPLETE' }), { status: 'complete' }],
    ['error', envelope({ status: 'error' }), { status: 'error' }],
  ])('tells how far an operation is: %s', async (_, body, state) => {
    await using world = await setup(token(), json(body))
    expect(await world.client().state(request, 'op-1', signal)).toEqual(state)
    expect(world.vendor.seen[1]?.url).toBe('/cdk/drive/fisales/v4/long-operations/op-1/status')
  })

  test('says that an operation is lost where it is not found, and what else a 404 means by its code', async () => {
    await using world = await setup(token(), json({ message: 'gone' }, 404))
    await expect(world.client().state(request, 'op-1', signal)).rejects.toThrow(OperationLostError)
    await expect(world.records()).rejects.toThrow(OperationLostError)
    await using wrong = await setup(token(), json({ code: 'API-DOES-NOT-EXIST' }, 404))
    await expect(wrong.client().state(request, 'op-1', signal)).rejects.toThrow(VendorAuthError)
  })

  test('hands on the records of a result as they are', async () => {
    await using world = await setup(token(), json({ data: [{ deal: {} }, null, 'odd'] }))
    expect(await world.records()).toEqual([{ deal: {} }, null, 'odd'])
    expect(world.vendor.seen[1]?.url).toBe('/cdk/drive/fisales/v4/long-operations/op-1/result')
    await using empty = await setup(token(), json({ data: [] }))
    expect(await empty.records()).toEqual([])
  })

  test('takes records that come at once', async () => {
    await using world = await setup(token(), json({ data: [{ deal: {} }] }))
    expect(await world.start()).toEqual({ records: [{ deal: {} }] })
  })

  test.each([
    ['neither an operation nor records', { hello: 1 }],
    ['an id that is a path', envelope({ operationId: '../../elsewhere' })],
    ['a state that nobody documents', envelope({ status: 'resting' })],
  ])('blames the vendor for %s', async (_, body) => {
    await using world = await setup(token(), json(body, 202))
    await expect(world.start()).rejects.toThrow(VendorResponseError)
  })
})
