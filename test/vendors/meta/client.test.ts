import { createHmac } from 'node:crypto'
import { z } from 'zod'
import {
  PagingLoopError,
  PositionRefusedError,
  RateLimitedError,
  VendorAuthError,
  VendorConfigError,
  VendorRequestError,
  VendorResponseError,
  VendorUnavailableError,
} from '../../../src/job/errors'
import { minutes } from '../../../src/lib/durations'
import { MetaClient, type MetaListOptions, type MetaPage } from '../../../src/vendors/meta/client'
import { MetaObjectMissingError, MetaTooMuchDataError } from '../../../src/vendors/meta/errors'
import { testDoor } from '../../support/door'
import { json, localVendor } from '../../support/local-vendor'
import { unlimited } from '../../support/unlimited'

const secrets = { access_token: 'EAAB-the-token', app_secret: 'the-secret', app_id: '88150' }
const { signal } = new AbortController()
const foreign = 'https://203.0.113.9/v26.0/act_7/ads?access_token=EAAB-the-token&after='

/** A page, with a link to a next one where there is a cursor. */
const page = (items: unknown[], after?: string, headers?: Record<string, string>) =>
  json(
    {
      data: items,
      paging: {
        cursors: { before: 'B', after: after ?? 'LAST' },
        ...(after === undefined ? {} : { next: foreign + after }),
      },
    },
    200,
    headers,
  )

const refusal = (error: object, status = 400, headers: Record<string, string> = {}) =>
  json({ error: { message: 'x', type: 'OAuthException', fbtrace_id: 'A', ...error } }, status, headers)

const tooMuch = refusal({ code: 1, message: "Please reduce the amount of data you're asking for" }, 500)

const setup = async (...answers: Parameters<typeof localVendor>) => {
  const vendor = await localVendor(...answers)
  const blocked: string[] = []
  const notes: string[] = []
  const { door, waits } = testDoor(`${vendor.url}/graph`, {
    limiter: {
      ...unlimited,
      grant: async ({ key, perSecond }) => {
        if (!key.includes('app')) paces.push(perSecond)
        return { at: 0, release: async () => undefined }
      },
      block: async (key, milliseconds) => void blocked.push(`${key} ${milliseconds}`),
      backOff: async (key, pauses) => {
        blocked.push(`${key} backs off from ${pauses?.first ?? 'the usual'}`)
        return pauses?.first ?? 2000
      },
    },
  })
  const paces: number[] = []
  const client = new MetaClient(door, {
    secrets,
    accountId: '7',
    product: 'insights',
    note: (message) => void notes.push(message),
  })
  return {
    vendor,
    client,
    blocked,
    notes,
    paces,
    waits,
    account: async () => client.account(signal).catch((error: unknown) => error),
    list: async (options: MetaListOptions = {}) => {
      const pages: MetaPage<unknown>[] = []
      const query = { fields: 'id,name' }
      for await (const one of client.list('/act_7/ads', query, z.unknown(), signal, options)) pages.push(one)
      return pages
    },
    queries: () => vendor.seen.map(({ url }) => Object.fromEntries(new URL(url, 'http://x').searchParams)),
    [Symbol.asyncDispose]: async () => {
      await door[Symbol.asyncDispose]()
      await vendor[Symbol.asyncDispose]()
    },
  }
}

describe('MetaClient', () => {
  test('asks with the version in the path, the token in a header, and the proof of the app’s secret', async () => {
    await using world = await setup(json({ account_id: '7', timezone_name: 'America/Chicago' }))
    expect(await world.account()).toMatchObject({ timezone_name: 'America/Chicago' })
    const [seen] = world.vendor.seen
    expect(seen?.url).toMatch(/^\/graph\/v26\.0\/act_7\?fields=account_id%2Cname/)
    expect(seen?.headers.authorization).toBe('Bearer EAAB-the-token')
    expect(seen?.url).not.toContain('EAAB')
    const proof = createHmac('sha256', 'the-secret').update('EAAB-the-token').digest('hex')
    expect(world.queries()[0]).toMatchObject({ appsecret_proof: proof })
  })

  test('sends no proof where the credential has no secret', async () => {
    const vendor = await localVendor(json({ account_id: '7' }))
    const { door } = testDoor(vendor.url)
    const { app_secret: _, ...bare } = secrets
    await new MetaClient(door, { secrets: bare, accountId: '7', product: 'insights' }).account(signal)
    expect(vendor.seen[0]?.url).not.toContain('appsecret_proof')
    await door[Symbol.asyncDispose]()
    await vendor[Symbol.asyncDispose]()
  })

  test('sends a form, and repeats it where the vendor is down', async () => {
    await using world = await setup(json({}, 503), json({ report_run_id: '601' }))
    const answer = await world.client.post('/act_7/insights', { level: 'ad' }, z.unknown(), signal)
    expect(answer).toEqual({ report_run_id: '601' })
    expect(world.vendor.seen[1]).toMatchObject({
      method: 'POST',
      url: '/graph/v26.0/act_7/insights',
      body: expect.stringMatching(/^level=ad&appsecret_proof=/),
    })
  })

  describe('paging', () => {
    test('repeats its own request with the cursor, and follows no link', async () => {
      await using world = await setup(page([1, 2], 'A'), page([3], 'B'), page([4]))
      expect(await world.list({ limit: 50 })).toEqual([
        { items: [1, 2], after: 'A' },
        { items: [3], after: 'B' },
        { items: [4], after: undefined },
      ])
      expect(world.queries().map(({ after, limit, fields }) => [after, limit, fields])).toEqual([
        [undefined, '50', 'id,name'],
        ['A', '50', 'id,name'],
        ['B', '50', 'id,name'],
      ])
    })

    test('goes on after a cursor it is given', async () => {
      await using world = await setup(page([4]))
      await world.list({ after: 'B' })
      expect(world.queries()[0]).toMatchObject({ after: 'B' })
    })

    test('takes an empty page with a next one for no end, and a page without paging for one', async () => {
      await using world = await setup(page([], 'A'), json({ data: [1] }))
      expect(await world.list()).toEqual([
        { items: [], after: 'A' },
        { items: [1], after: undefined },
      ])
    })

    test('finds the cursor in the link where it stands nowhere else', async () => {
      await using world = await setup(json({ data: [1], paging: { next: `${foreign}C` } }), page([2]))
      await world.list()
      expect(world.queries()[1]).toMatchObject({ after: 'C' })
    })

    test('blames the vendor for a next page without a cursor, and does not show the link', async () => {
      const next = 'https://203.0.113.9/?access_token=EAAB-the-token'
      await using world = await setup(json({ data: [1], paging: { next } }))
      const failure: unknown = await world.list().catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(VendorResponseError)
      expect(String(failure)).not.toContain('EAAB')
    })

    test('stops at a page that leads back to one that was read', async () => {
      await using world = await setup(page([1], 'A'), page([2], 'B'), page([3], 'A'))
      await expect(world.list()).rejects.toThrow(PagingLoopError)
    })

    test('says that a listing must start over where its cursor has expired', async () => {
      await using world = await setup(page([1], 'A'), refusal({ code: 2642 }))
      await expect(world.list()).rejects.toThrow(PositionRefusedError)
      expect(world.vendor.seen).toHaveLength(2)
    })

    test('halves a page that is too much, at the same cursor, and keeps to that', async () => {
      await using world = await setup(page([1], 'A'), tooMuch, tooMuch, page([2], 'B'), page([3]))
      await world.list({ limit: 100 })
      expect(world.queries().map(({ limit, after }) => [limit, after])).toEqual([
        ['100', undefined],
        ['100', 'A'],
        ['50', 'A'],
        ['25', 'A'],
        ['25', 'B'],
      ])
    })

    test('gives up at the smallest page that is asked for', async () => {
      await using world = await setup(tooMuch)
      await expect(world.list({ limit: 100, smallest: 40 })).rejects.toThrow(MetaTooMuchDataError)
      expect(world.queries().map(({ limit }) => limit)).toEqual(['100', '50', '40'])
    })

    test('lets pages grow again after a while', async () => {
      const more = Array.from({ length: 10 }, (_, index) => page([index], `C${index}`))
      await using world = await setup(tooMuch, ...more, page([9]))
      await world.list({ limit: 100 })
      expect(world.queries().map(({ limit }) => limit)).toEqual([
        '100',
        ...Array.from({ length: 10 }, () => '50'),
        '100',
      ])
    })
  })

  describe('errors', () => {
    test.each([
      ['100/1504018', { code: 100, error_subcode: 1504018 }, MetaTooMuchDataError],
      ['100/1487534', { code: 100, error_subcode: 1487534 }, MetaTooMuchDataError],
      ['2/1504038', { code: 2, error_subcode: 1504038 }, MetaTooMuchDataError],
      [
        '100 with its message',
        { code: 100, message: 'Please reduce the amount of data' },
        MetaTooMuchDataError,
      ],
      ['190/463', { code: 190, error_subcode: 463 }, VendorAuthError],
      ['190/467', { code: 190, error_subcode: 467 }, VendorAuthError],
      ['190/460', { code: 190, error_subcode: 460 }, VendorAuthError],
      ['190/458', { code: 190, error_subcode: 458 }, VendorAuthError],
      ['190/459', { code: 190, error_subcode: 459 }, VendorAuthError],
      ['190/464', { code: 190, error_subcode: 464 }, VendorAuthError],
      ['190', { code: 190 }, VendorAuthError],
      ['102', { code: 102 }, VendorAuthError],
      ['100 about the proof', { code: 100, message: 'Invalid appsecret_proof provided' }, VendorAuthError],
      ['10', { code: 10 }, VendorConfigError],
      ['200', { code: 200 }, VendorConfigError],
      ['294', { code: 294 }, VendorConfigError],
      ['100 about permissions', { code: 100, message: '(#100) Missing permissions' }, VendorConfigError],
      ['100/33', { code: 100, error_subcode: 33 }, MetaObjectMissingError],
      ['2635', { code: 2635 }, VendorConfigError],
      ['368', { code: 368 }, VendorConfigError],
      ['100', { code: 100 }, VendorRequestError],
      ['2500', { code: 2500 }, VendorRequestError],
      ['2/1504041', { code: 2, error_subcode: 1504041 }, VendorRequestError],
      ['2/1504042', { code: 2, error_subcode: 1504042, is_transient: true }, VendorRequestError],
      ['3001', { code: 3001 }, VendorRequestError],
      ['3018', { code: 3018 }, VendorRequestError],
      ['2642 without a cursor', { code: 2642 }, VendorRequestError],
      ['one that nobody knows', { code: 123456 }, VendorRequestError],
    ])('%s ends it at once', async (_, error, expected) => {
      await using world = await setup(refusal(error))
      expect(await world.account()).toBeInstanceOf(expected)
      expect(world.vendor.seen).toHaveLength(1)
    })

    test.each([
      ['1', { code: 1 }, 400],
      ['1/99', { code: 1, error_subcode: 99 }, 500],
      ['2', { code: 2 }, 400],
      ['2/1504043', { code: 2, error_subcode: 1504043 }, 400],
      ['-2/2490547', { code: -2, error_subcode: 2490547 }, 400],
      ['341', { code: 341 }, 400],
      ['any that is transient', { code: 100, is_transient: true }, 400],
      ['an unknown one with status 503', { code: 123456 }, 503],
    ])('%s is temporary', async (_, error, status) => {
      await using world = await setup(refusal(error, status))
      expect(await world.account()).toBeInstanceOf(VendorUnavailableError)
      expect(world.vendor.seen).toHaveLength(3)
    })

    const useCase = (type: string, minutesLeft: number) => ({
      'x-business-use-case-usage': JSON.stringify({
        7: [
          { type: 'ads_management', call_count: 3, estimated_time_to_regain_access: 90 },
          { type, call_count: 100, estimated_time_to_regain_access: minutesLeft },
          { type, call_count: 12, estimated_time_to_regain_access: 0 },
        ],
      }),
    })

    test.each([17, 32, 613, 80000, 80001, 80002, 80003, 80004, 80005, 80006, 80008])(
      '%i pauses the account for as long as the vendor says, whatever the status',
      async (code) => {
        await using world = await setup(
          refusal({ code, is_transient: true }, 400, useCase('ads_insights', 12)),
        )
        const failure = await world.account()
        expect(failure).toBeInstanceOf(RateLimitedError)
        expect(failure).toMatchObject({ retryAfter: minutes(12) })
        expect(world.blocked).toEqual([`meta-88150-7-insights ${minutes(12)}`])
      },
    )

    test('a limit without a time backs off from five minutes', async () => {
      await using world = await setup(refusal({ code: 80000, error_subcode: 2446079 }))
      expect(await world.account()).toMatchObject({ retryAfter: minutes(5) })
      expect(world.blocked).toEqual([`meta-88150-7-insights backs off from ${minutes(5)}`])
    })

    test('a limit of the ad account may say its seconds', async () => {
      const headers = {
        'x-ad-account-usage': JSON.stringify({ acc_id_util_pct: 100, reset_time_duration: 90 }),
      }
      await using world = await setup(refusal({ code: 613, error_subcode: 1487742 }, 400, headers))
      expect(await world.account()).toMatchObject({ retryAfter: 90_000 })
    })

    test.each([undefined, 1504022, 1504039])('4/%s pauses the whole app', async (error_subcode) => {
      await using world = await setup(refusal({ code: 4, ...(error_subcode ? { error_subcode } : {}) }))
      expect(await world.account()).toBeInstanceOf(RateLimitedError)
      expect(world.blocked).toEqual([`meta-app-88150 backs off from ${minutes(5)}`])
    })

    test('messages name code and subcode, and neither the vendor’s text nor a secret', async () => {
      const message = 'Error validating EAAB-the-token of Jane CANARY'
      await using world = await setup(refusal({ code: 190, error_subcode: 463, message }))
      const failure = (await world.account()) as Error
      expect(failure.message).toMatch(
        /^the access token has expired; a person must make a new one \(GET metaGraph/,
      )
      expect(failure.message).toContain('error 190/463')
      expect(failure.message).not.toMatch(/EAAB|CANARY|the-secret/)
    })

    test('a refusal that is none of the Graph API’s own has its ordinary meaning', async () => {
      await using world = await setup(json({ error: 'no' }, 401))
      expect(await world.account()).toBeInstanceOf(VendorAuthError)
    })
  })

  describe('usage', () => {
    const used = (percent: number, minutesLeft = 0) => ({
      'x-business-use-case-usage': JSON.stringify({
        7: [
          {
            type: 'ads_insights',
            call_count: 2,
            total_time: percent,
            estimated_time_to_regain_access: minutesLeft,
          },
        ],
      }),
    })

    test('slows down at 75 percent, and no longer once there is room again', async () => {
      await using world = await setup(page([1], 'A', used(80)), page([2], 'B'), page([3]))
      await world.list()
      expect(world.paces).toEqual([5, 0.5, 5])
    })

    test.each([
      ['the use case', used(96, 9), minutes(9)],
      ['the use case without a time', used(95), minutes(5)],
      [
        'the ad account',
        { 'x-ad-account-usage': JSON.stringify({ acc_id_util_pct: 97.5, reset_time_duration: 100 }) },
        100_000,
      ],
      ['the app', { 'x-app-usage': JSON.stringify({ call_count: 28, total_cputime: 99 }) }, minutes(5)],
      [
        'the insights',
        { 'x-fb-ads-insights-throttle': JSON.stringify({ acc_id_util_pct: 95.1 }) },
        minutes(5),
      ],
    ])('begins no listing at 95 percent of %s', async (_, headers, retryAfter) => {
      await using world = await setup(page([1], undefined, headers))
      await world.list()
      const failure: unknown = await world.list().catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(RateLimitedError)
      expect(failure).toMatchObject({ retryAfter })
      expect(world.vendor.seen).toHaveLength(1)
    })

    test('goes on with a listing that was begun up to the limit itself', async () => {
      await using world = await setup(page([1], 'A', used(97)), page([2], 'B', used(100, 3)), page([3]))
      await expect(world.list()).rejects.toMatchObject({ retryAfter: minutes(3) })
      expect(world.vendor.seen).toHaveLength(2)
    })

    test.each(['nonsense', '{"7":[{"type":"ads_management","call_count":99}]}', '[]', '{"7":{}}'])(
      'is not disturbed by %s',
      async (header) => {
        await using world = await setup(page([1], undefined, { 'x-business-use-case-usage': header }))
        await world.list()
        await world.list()
        expect(world.vendor.seen).toHaveLength(2)
      },
    )

    test('tells once that the version is ageing', async () => {
      await using world = await setup(page([1], undefined, { 'x-ad-api-version-warning': 'old' }))
      await world.list()
      await world.list()
      expect(world.notes).toEqual(['the vendor warns that v26.0 of its API will end soon'])
    })
  })
})
