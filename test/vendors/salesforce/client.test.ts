import { createVerify, generateKeyPairSync } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import {
  PagingLoopError,
  QuotaError,
  RateLimitedError,
  VendorAuthError,
  VendorConfigError,
  VendorRequestError,
  VendorResponseError,
  VendorUnavailableError,
} from '../../../src/job/errors'
import { hours, minutes, seconds } from '../../../src/lib/durations'
import { SalesforceClient, type RowsPage } from '../../../src/vendors/salesforce/client'
import { LocatorRefusedError, QueryTimeoutError } from '../../../src/vendors/salesforce/errors'
import { testDoor } from '../../support/door'
import { json, localVendor, plain, type SeenRequest } from '../../support/local-vendor'

const { signal } = new AbortController()
const now = new Date('2026-03-10T16:00:00Z')
const day = { from: new Date('2026-03-09T00:00:00Z'), to: new Date('2026-03-10T00:00:00Z') }
const leads = { object: 'Lead', fields: ['Id', 'SystemModstamp', 'Status'], ...day }
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()

type Answer = (response: ServerResponse, request: SeenRequest) => void
const row = (id: number, stamp = '2026-03-09T01:00:00.000+0000') => ({
  attributes: { type: 'Lead' },
  Id: `00Q5fAa0000000${id}EAA`,
  SystemModstamp: stamp,
})
const page = (records: unknown[], next?: string) =>
  json({
    totalSize: 9,
    done: next === undefined,
    records,
    ...(next === undefined ? {} : { nextRecordsUrl: next }),
  })
const refusal = (status: number, errorCode: string, message = 'CANARY') =>
  json([{ errorCode, message }], status)

/** A vendor that gives tokens and then, to requests for data, one answer after another. */
const setup = async (
  answers: Answer[],
  {
    secrets = {},
    token,
    share = 0.5,
    mayUseReserve = false,
  }: { secrets?: object; token?: (url: string) => Answer; share?: number; mayUseReserve?: boolean } = {},
) => {
  let given = 0
  let asked = 0
  let url = ''
  const vendor = await localVendor((response, request) => {
    if (request.url.endsWith('/services/oauth2/token')) {
      given += 1
      const good = json({ access_token: `token-${given}`, instance_url: `${url}/` })
      return (token?.(url) ?? good)(response, request)
    }
    asked += 1
    return answers[Math.min(asked, answers.length) - 1]?.(response, request)
  })
  url = vendor.url
  const { door, waits } = testDoor(vendor.url)
  const client = new SalesforceClient({
    door,
    secrets: {
      flow: 'client_credentials',
      client_id: 'app',
      client_secret: 's&cret',
      instance_url: url,
      ...secrets,
    },
    budget: { share, mayUseReserve },
    now: () => now,
  })
  return {
    client,
    waits,
    tokens: () => vendor.seen.filter(({ url: path }) => path.endsWith('/token')),
    data: () => vendor.seen.filter(({ url: path }) => !path.endsWith('/token')),
    rows: async (wanted: Partial<Parameters<SalesforceClient['rows']>[0]> = {}, settled = day.to) => {
      const pages: RowsPage[] = []
      for await (const one of client.rows({ ...leads, ...wanted }, settled, signal)) pages.push(one)
      return pages
    },
    [Symbol.asyncDispose]: async () => {
      await door[Symbol.asyncDispose]()
      await vendor[Symbol.asyncDispose]()
    },
  }
}

const queryOf = ({ url }: SeenRequest): string => new URL(url, 'http://x').searchParams.get('q') ?? ''

describe('SalesforceClient', () => {
  describe('tokens', () => {
    test('come by client credentials from the org’s own host, and are kept', async () => {
      await using world = await setup([page([])])
      await world.rows()
      await world.rows()
      expect(world.tokens()).toHaveLength(1)
      expect(world.tokens()[0]).toMatchObject({
        method: 'POST',
        headers: { 'content-type': expect.stringMatching(/^application\/x-www-form-urlencoded/) },
        body: 'grant_type=client_credentials&client_id=app&client_secret=s%26cret',
      })
      expect(world.data().map(({ headers }) => headers.authorization)).toEqual([
        'Bearer token-1',
        'Bearer token-1',
      ])
    })

    test('come by an assertion that is signed and good for three minutes', async () => {
      const secrets = {
        flow: 'jwt',
        client_secret: undefined,
        username: 'we@org.example',
        private_key: pem.replaceAll('\n', '\\n'),
      }
      await using world = await setup([page([])], { secrets })
      await world.rows()
      const form = new URLSearchParams(world.tokens()[0]?.body)
      expect(form.get('grant_type')).toBe('urn:ietf:params:oauth:grant-type:jwt-bearer')
      expect([...form.keys()]).toEqual(['grant_type', 'assertion'])
      const [header = '', claims = '', signature = ''] = form.get('assertion')?.split('.') ?? []
      const decoded = (part: string): unknown => JSON.parse(Buffer.from(part, 'base64url').toString())
      expect(decoded(header)).toEqual({ alg: 'RS256' })
      expect(decoded(claims)).toEqual({
        iss: 'app',
        sub: 'we@org.example',
        aud: 'https://login.salesforce.com',
        exp: (now.getTime() + minutes(3)) / 1000,
      })
      const verifier = createVerify('RSA-SHA256').update(`${header}.${claims}`)
      expect(verifier.verify(publicKey, signature, 'base64url')).toBe(true)
    })

    test.each([
      ['no key', 'PRIVATE KEY-----'],
      [
        'a key of another kind',
        generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      ],
    ])('are not asked for with %s', async (_, private_key) => {
      await using world = await setup([page([])], { secrets: { flow: 'jwt', username: 'u', private_key } })
      await expect(world.rows()).rejects.toThrow(VendorAuthError)
      expect(world.tokens()).toEqual([])
    })

    test('for another org are a matter of configuration, and are not used', async () => {
      await using world = await setup([page([])], {
        token: () => json({ access_token: 'a', instance_url: 'https://other.my.salesforce.com' }),
      })
      await expect(world.rows()).rejects.toThrow(VendorConfigError)
      expect(world.data()).toEqual([])
    })

    test.each([
      ['invalid_grant', "user hasn't approved this consumer", /not pre-authorised for the app/],
      ['invalid_grant', 'Audience validation failed', /SALESFORCE_LOGIN_URL/],
      ['invalid_grant', 'expired access/refresh token', /expired/],
      ['invalid_grant', 'authentication failure - invalid client credentials', /client_id or client_secret/],
      ['invalid_grant', 'user is locked', /locked/],
      ['invalid_grant', 'redirect uri does not match configuration', /callback/],
      ['invalid_client_id', 'client identifier invalid', /invalid_client_id/],
      ['invalid_client_credentials', 'CANARY', /invalid_client_credentials/],
      ['invalid_request', 'CANARY', /invalid_request/],
      ['inactive_user', 'CANARY', /inactive_user/],
      ['inactive_org', 'CANARY', /inactive_org/],
      ['CANARY', 'CANARY', /status 400/],
    ])('refused with %s, %s, are the credential’s fault', async (code, description, message) => {
      await using world = await setup([page([])], {
        token: () => json({ error: code, error_description: description }, 400),
      })
      const failure = await world.rows().catch((thrown: unknown) => thrown)
      expect(failure).toBeInstanceOf(VendorAuthError)
      expect((failure as Error).message).toMatch(message)
      expect((failure as Error).message).not.toMatch(/CANARY|s&cret/)
      expect(world.tokens()).toHaveLength(1)
    })

    test.each([
      ['too many logins', json({ error: 'rate_limit_exceeded' }, 400), RateLimitedError],
      ['a server error', json({}, 503), VendorUnavailableError],
      ['a page for browsers', plain('<html>', 200), VendorUnavailableError],
      ['an answer without a token', json({ instance_url: 'x' }), VendorResponseError],
    ])('refused for %s can be had later', async (_, answer, expected) => {
      await using world = await setup([page([])], { token: () => answer })
      await expect(world.rows()).rejects.toThrow(expected)
    })
  })

  describe('rows', () => {
    test('are asked for by the instant of their last change, with their ids for those that share one', async () => {
      await using world = await setup([page([row(1)])])
      await world.rows({ filter: { field: 'Dealer__c', value: `a'b\\c\nd` } })
      await world.rows({ after: { stamp: '2026-03-09T01:00:00.000Z', id: '00Q5fAa00000001EAA' } })
      const [first, second] = world.data()
      expect(first?.url).toMatch(/^\/services\/data\/v67\.0\/queryAll\?q=/)
      expect(first && queryOf(first)).toBe(
        String.raw`SELECT Id, SystemModstamp, Status FROM Lead WHERE SystemModstamp >= 2026-03-09T00:00:00.000Z AND SystemModstamp < 2026-03-10T00:00:00.000Z AND Dealer__c = 'a\'b\\c\nd' ORDER BY SystemModstamp ASC, Id ASC`,
      )
      expect(second && queryOf(second)).toBe(
        "SELECT Id, SystemModstamp, Status FROM Lead WHERE SystemModstamp >= 2026-03-09T01:00:00.000Z AND SystemModstamp < 2026-03-10T00:00:00.000Z AND (SystemModstamp > 2026-03-09T01:00:00.000Z OR (SystemModstamp = 2026-03-09T01:00:00.000Z AND Id > '00Q5fAa00000001EAA')) ORDER BY SystemModstamp ASC, Id ASC",
      )
    })

    test('come page by page, by the name of the result and nothing else of the vendor’s link', async () => {
      await using world = await setup([
        page([row(1)], '/services/data/v67.0/query/0r8A-1'),
        page([], 'https://evil.example/services/data/v1.0/query/0r8A-2'),
        page([row(3)]),
      ])
      const pages = await world.rows()
      expect(pages.map(({ rows, upTo }) => [rows.length, upTo?.id])).toEqual([
        [1, '00Q5fAa00000001EAA'],
        [0, '00Q5fAa00000001EAA'],
        [1, '00Q5fAa00000003EAA'],
      ])
      expect(
        world
          .data()
          .slice(1)
          .map(({ url }) => url),
      ).toEqual(['/services/data/v67.0/query/0r8A-1', '/services/data/v67.0/query/0r8A-2'])
    })

    test('do not say how far they reach by a row that changed while they were read', async () => {
      await using world = await setup([
        page([row(1), row(2, '2026-03-09T09:00:00.000+0000'), { Id: 'x' }, null]),
      ])
      const [one] = await world.rows({}, new Date('2026-03-09T08:00:00Z'))
      expect(one?.upTo).toEqual({ stamp: '2026-03-09T01:00:00.000Z', id: '00Q5fAa00000001EAA' })
    })

    test('are asked for again behind the last one where the vendor has forgotten the result, and not for ever', async () => {
      await using world = await setup([
        page([row(1)], '/query/0r8A-1'),
        refusal(400, 'INVALID_QUERY_LOCATOR'),
        page([row(2)]),
      ])
      expect(await world.rows()).toHaveLength(2)
      expect(queryOf(world.data()[2] as SeenRequest)).toContain("Id > '00Q5fAa00000001EAA'")
      await using hopeless = await setup([refusal(500, 'INVALID_QUERY_LOCATOR')])
      await expect(hopeless.rows()).rejects.toThrow(LocatorRefusedError)
      expect(hopeless.data()).toHaveLength(6)
    })

    test.each([
      ['leads back', PagingLoopError, [page([row(1)], '/query/0r8A-1'), page([row(2)], '/query/0r8A-1')]],
      ['is missing', VendorResponseError, [json({ done: false, records: [] })]],
      ['is no link to a result', VendorResponseError, [page([], '/services/data/v67.0/sobjects/Lead')]],
    ])('end where the next link %s', async (_, expected, answers) => {
      await using world = await setup(answers)
      await expect(world.rows()).rejects.toThrow(expected)
    })
  })

  describe('errors', () => {
    test('a 401 gets a new token once', async () => {
      await using world = await setup([
        refusal(401, 'INVALID_SESSION_ID', 'Session expired or invalid'),
        page([]),
      ])
      await world.rows()
      expect(world.data().map(({ headers }) => headers.authorization)).toEqual([
        'Bearer token-1',
        'Bearer token-2',
      ])
    })

    test.each([
      [
        'a second 401',
        [401, 'INVALID_SESSION_ID', 'Session expired or invalid'],
        VendorAuthError,
        /refuses a new token/,
        2,
      ],
      [
        'a missing scope',
        [401, 'INVALID_SESSION_ID', 'This session is not valid for use with the REST API'],
        VendorAuthError,
        /scope api/,
        2,
      ],
      [
        'a spent pool',
        [403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.'],
        QuotaError,
        /daily pool/,
        1,
      ],
      [
        'too many at once',
        [403, 'REQUEST_LIMIT_EXCEEDED', 'ConcurrentRequests (Concurrent API Requests) Limit exceeded.'],
        RateLimitedError,
        /status 403/,
        2,
      ],
      ['an API that is off', [403, 'API_DISABLED_FOR_ORG'], VendorConfigError, /switched off/, 1],
      ['a missing permission', [403, 'INSUFFICIENT_ACCESS'], VendorConfigError, /permission/, 1],
      [
        'transaction security',
        [403, 'TXN_SECURITY_METERING_ERROR'],
        VendorConfigError,
        /exempt the integration user/,
        1,
      ],
      ['another 403', [403, 'CANARY'], VendorConfigError, /status 403/, 1],
      ['a malformed query', [400, 'MALFORMED_QUERY'], VendorRequestError, /cannot read our query/, 1],
      [
        'a field of ours',
        [400, 'INVALID_FIELD', "CANARY No such column 'Status' on entity 'Lead'."],
        VendorConfigError,
        /the field Status of Lead/,
        1,
      ],
      [
        'a field of nobody’s',
        [400, 'INVALID_FIELD', "No such column 'CANARY' on entity 'Lead'."],
        VendorConfigError,
        /a field of Lead/,
        1,
      ],
      [
        'an object that is not there',
        [400, 'INVALID_TYPE'],
        VendorConfigError,
        /Lead does not exist or is hidden/,
        1,
      ],
      ['a query that takes too long', [400, 'QUERY_TIMEOUT'], QueryTimeoutError, /too long/, 1],
      ['the same with another status', [503, 'QUERY_TIMEOUT'], QueryTimeoutError, /too long/, 1],
      ['a wrong path', [404, 'NOT_FOUND'], VendorConfigError, /SALESFORCE_API_VERSION/, 1],
      ['a retired version', [410, 'UNSUPPORTED_API_VERSION'], VendorConfigError, /retired/, 1],
      ['a line that is too long', [414, ''], VendorConfigError, /custom_fields of Lead/, 1],
      ['a head that is too long', [431, ''], VendorConfigError, /custom_fields of Lead/, 1],
      ['406', [406, ''], VendorUnavailableError, /status 406/, 3],
      ['420', [420, ''], VendorUnavailableError, /status 420/, 3],
      ['500', [500, 'UNKNOWN_EXCEPTION'], VendorUnavailableError, /status 500/, 3],
      ['503', [503, 'SERVER_UNAVAILABLE'], VendorUnavailableError, /status 503/, 3],
      ['any other 400', [400, 'CANARY'], VendorRequestError, /status 400/, 1],
    ] as const)('%s', async (_, [status, code, text], expected, message, requests) => {
      await using world = await setup([refusal(status, code, text)])
      const failure = await world.rows().catch((thrown: unknown) => thrown)
      expect(failure).toBeInstanceOf(expected)
      expect((failure as Error).message).toMatch(message)
      expect((failure as Error).message).not.toMatch(/CANARY|token-\d|s&cret/)
      expect(world.data()).toHaveLength(requests)
    })

    test('a spent pool is left alone for an hour, too many requests at once for seconds', async () => {
      await using world = await setup([
        refusal(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.'),
      ])
      await expect(world.rows()).rejects.toMatchObject({ retryAfter: hours(1) })
      await using busy = await setup([refusal(403, 'REQUEST_LIMIT_EXCEEDED', 'Concurrent'), page([])])
      expect(await busy.rows()).toHaveLength(1)
      expect(busy.waits).toEqual([seconds(5)])
    })

    test.each([
      ['a page for browsers', plain('<html>CANARY', 200), VendorUnavailableError],
      ['an answer without records', json({ done: true }), VendorResponseError],
    ])('%s with status 200 is asked for again', async (_, answer, expected) => {
      await using world = await setup([answer])
      await expect(world.rows()).rejects.toThrow(expected)
      expect(world.data()).toHaveLength(3)
    })
  })

  describe('the pool', () => {
    const used = (header: string): Answer =>
      json({ done: true, records: [] }, 200, { 'sforce-limit-info': header })

    test.each([
      ['api-usage=10018/100000', { used: 10_018, pool: 100_000 }],
      ['per-app-api-usage=17/250(appName=x); api-usage=5/15000', { used: 5, pool: 15_000 }],
      ['api-usage=7/100; api-bursts=1/750; per-app-api-usage=17/250(appName=x)', { used: 7, pool: 100 }],
      ['something else', undefined],
    ])('is read from %s', async (header, expected) => {
      await using world = await setup([used(header)])
      await world.rows()
      expect(world.client.usage.last).toEqual(expected)
    })

    test.each([
      [44, 0.5, false, true],
      [45, 0.5, false, false],
      [49, 0.5, true, true],
      [50, 0.5, true, false],
      [89, 1, false, true],
      [90, 1, false, false],
    ])(
      'with %d of 100 used, a share of %d and the reserve %p, may be used: %p',
      async (count, share, mayUseReserve, expected) => {
        await using world = await setup([used(`api-usage=${count}/100`)], { share, mayUseReserve })
        await world.rows()
        const second: unknown = await world.rows().catch((thrown: unknown) => thrown)
        expect(second instanceof QuotaError).toBe(!expected)
        expect(world.data()).toHaveLength(expected ? 2 : 1)
      },
    )
  })

  describe('present', () => {
    const versions = (list: unknown, headers: Record<string, string> = {}) => json(list, 200, headers)

    test('is the vendor’s, whatever our clock says', async () => {
      const date = 'Sun, 08 Mar 2026 09:59:59 GMT'
      await using world = await setup([versions([{ version: '66.0' }, { version: '67.0' }], { date })])
      expect(await world.client.present(signal)).toEqual(new Date('2026-03-08T09:59:59Z'))
      expect(world.data()[0]?.url).toBe('/services/data/')
    })

    test('tells of a version that the org does not serve', async () => {
      await using world = await setup([versions([{ version: '68.0' }])])
      await expect(world.client.present(signal)).rejects.toThrow(/v67.0: see SALESFORCE_API_VERSION/)
    })

    test('must be told', async () => {
      await using world = await setup([versions([{ version: '67.0' }], { date: 'soon' })])
      await expect(world.client.present(signal)).rejects.toThrow(VendorResponseError)
    })
  })
})
