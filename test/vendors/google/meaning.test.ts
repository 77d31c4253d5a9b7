import { z } from 'zod'
import {
  PositionRefusedError,
  QuotaError,
  type RateLimitedError,
  VendorAuthError,
  VendorConfigError,
  VendorRequestError,
  VendorUnavailableError,
  type SyncError,
} from '../../../src/job/errors'
import { days, minutes, seconds } from '../../../src/lib/durations'
import { googleAdsMeaning } from '../../../src/vendors/google/meaning'
import { googleAdsAccess } from '../../../src/vendors/google/access'
import { GoogleAdsClient } from '../../../src/vendors/google/client'
import { ExpensiveQueryError, HeavyQueryError } from '../../../src/vendors/google/errors'
import { testDoor } from '../../support/door'
import { json, localVendor } from '../../support/local-vendor'
import { googleSecrets } from '../../support/google-world'

const developerBucket = 'the-developer'

const failure = (status: number, family: string, code: string, details?: unknown): unknown => ({
  error: {
    code: status,
    message: 'CANARY a text of Google’s',
    status: 'SOMETHING',
    details: [
      { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'CANARY' },
      {
        '@type': 'type.googleapis.com/google.ads.googleads.v25.errors.GoogleAdsFailure',
        errors: [{ errorCode: { [family]: code }, message: 'CANARY text', details }],
        requestId: 'AbC124',
      },
    ],
  },
})
const quota = (rateScope: string, retryDelay?: string): unknown => ({
  quotaErrorDetails: { rateScope, rateName: 'Number of operations for basic access', retryDelay },
})
const meaning = (status: number, body: unknown): SyncError | undefined =>
  googleAdsMeaning(
    { status, json: body, headers: { get: () => null }, request: 'POST googleAds /v25/x' },
    developerBucket,
  )

describe('what an answer of Google Ads means', () => {
  test.each([
    [401, 'authenticationError', 'OAUTH_TOKEN_INVALID', VendorAuthError],
    [401, 'authenticationError', 'OAUTH_TOKEN_EXPIRED', VendorAuthError],
    [401, 'authenticationError', 'OAUTH_TOKEN_HEADER_INVALID', VendorAuthError],
    [401, 'authenticationError', 'OAUTH_TOKEN_REVOKED', VendorAuthError],
    [401, 'authenticationError', 'OAUTH_TOKEN_DISABLED', VendorAuthError],
    [401, 'authenticationError', 'NOT_ADS_USER', VendorAuthError],
    [401, 'authenticationError', 'GOOGLE_ACCOUNT_DELETED', VendorAuthError],
    [401, 'authenticationError', 'TWO_STEP_VERIFICATION_NOT_ENROLLED', VendorAuthError],
    [401, 'authenticationError', 'DEVELOPER_TOKEN_INVALID', VendorAuthError],
    [401, 'authenticationError', 'ORGANIZATION_NOT_RECOGNIZED', VendorAuthError],
    [401, 'authenticationError', 'CUSTOMER_NOT_FOUND', VendorConfigError],
    [403, 'authorizationError', 'USER_PERMISSION_DENIED', VendorConfigError],
    [403, 'authorizationError', 'CUSTOMER_NOT_ENABLED', VendorConfigError],
    [403, 'authorizationError', 'MISSING_TOS', VendorConfigError],
    [403, 'authorizationError', 'ACTION_NOT_PERMITTED_FOR_SUSPENDED_ACCOUNT', VendorConfigError],
    [403, 'authorizationError', 'DEVELOPER_TOKEN_NOT_APPROVED', VendorAuthError],
    [403, 'authorizationError', 'DEVELOPER_TOKEN_PROHIBITED', VendorAuthError],
    [403, 'authorizationError', 'CLOUD_PROJECT_NOT_APPROVED_FOR_PRODUCTION', VendorAuthError],
    [403, 'authorizationError', 'SOMETHING_NEW', VendorConfigError],
    [400, 'queryError', 'UNRECOGNIZED_FIELD', VendorRequestError],
    [400, 'queryError', 'PROHIBITED_METRIC_IN_SELECT_OR_WHERE_CLAUSE', VendorRequestError],
    [400, 'queryError', 'REQUESTED_METRICS_FOR_MANAGER', VendorConfigError],
    [400, 'requestError', 'UNSUPPORTED_VERSION', VendorRequestError],
    [400, 'requestError', 'PAGE_SIZE_NOT_SUPPORTED', VendorRequestError],
    [400, 'requestError', 'INVALID_PAGE_TOKEN', VendorRequestError],
    [400, 'requestError', 'EXPIRED_PAGE_TOKEN', PositionRefusedError],
    [400, 'requestError', 'INVALID_CUSTOMER_ID', VendorConfigError],
    [400, 'headerError', 'INVALID_LOGIN_CUSTOMER_ID', VendorAuthError],
    [400, 'dateError', 'INVALID_DATE', VendorRequestError],
    [500, 'internalError', 'INTERNAL_ERROR', HeavyQueryError],
    [503, 'internalError', 'TRANSIENT_ERROR', VendorUnavailableError],
    [504, 'internalError', 'DEADLINE_EXCEEDED', HeavyQueryError],
    [400, 'databaseError', 'CONCURRENT_MODIFICATION', VendorUnavailableError],
  ])('status %i, %s %s, bare or in a list', (status, family, code, is) => {
    for (const body of [failure(status, family, code), [failure(status, family, code)]]) {
      const error = meaning(status, body)
      expect(error?.constructor).toBe(is)
      expect(error?.message).toContain(`status ${status}, ${family} ${code}, Google’s AbC124`)
      expect(error?.message).not.toContain('CANARY')
    }
  })

  test('a quota of the developer token is everybody’s, one of the account its own', () => {
    const limit = (details: unknown, code = 'RESOURCE_EXHAUSTED') =>
      meaning(429, failure(429, 'quotaError', code, details)) as RateLimitedError
    expect(limit(quota('DEVELOPER', '900s'))).toMatchObject({
      retryAfter: minutes(15),
      bucket: developerBucket,
      isGuess: false,
    })
    expect(limit(quota('ACCOUNT', '1.5s'))).toMatchObject({ retryAfter: 1500, bucket: undefined })
    // Whom it concerns is not said, so nobody may go on.
    expect(limit(quota('UNKNOWN', '3s'))).toMatchObject({ retryAfter: 3000, bucket: developerBucket })
    expect(limit(undefined, 'RESOURCE_TEMPORARILY_EXHAUSTED')).toMatchObject({
      retryAfter: seconds(10),
      bucket: developerBucket,
      isGuess: true,
    })
    expect(limit(quota('ACCOUNT'))).toMatchObject({ bucket: undefined, isGuess: true })
  })

  test('a query that is too expensive waits alone, until the next day where Google means that', () => {
    const costly = (code: string) => meaning(429, failure(429, 'quotaError', code, quota('DEVELOPER')))
    const short = costly('EXCESSIVE_SHORT_TERM_QUERY_RESOURCE_CONSUMPTION')
    expect(short).toBeInstanceOf(ExpensiveQueryError)
    expect(short).toMatchObject({ bucket: undefined })
    const long = costly('EXCESSIVE_LONG_TERM_QUERY_RESOURCE_CONSUMPTION')
    expect(long).toBeInstanceOf(QuotaError)
    expect(long).toMatchObject({ retryAfter: days(1) })
  })

  test('answers without details are told by their status', () => {
    const bare = (status: number) => meaning(status, { error: { code: status, status: 'X' } })
    expect(bare(401)).toBeInstanceOf(VendorAuthError)
    expect(bare(403)).toBeInstanceOf(VendorConfigError)
    expect(bare(400)).toBeInstanceOf(VendorRequestError)
    expect(bare(429)).toMatchObject({ name: 'RateLimitedError', bucket: developerBucket, isGuess: true })
    expect(bare(500)).toBeInstanceOf(HeavyQueryError)
    expect(meaning(503, undefined)).toBeInstanceOf(HeavyQueryError)
    expect(meaning(404, undefined)).toBeUndefined()
    expect(meaning(200, [{ results: [] }])).toBeUndefined()
  })
})

describe('googleAdsAccess', () => {
  const access = (secrets: Parameters<typeof googleAdsAccess>[1], customer = '1') => {
    const { door } = testDoor('http://127.0.0.1:1')
    return googleAdsAccess(door, secrets, customer, () => new Date())
  }

  test('gives every customer a bucket within that of the developer token, and shows no secret in it', () => {
    const one = access(googleSecrets, '1').bucket
    const two = access({ ...googleSecrets, refresh_token: 'another' }, '2').bucket
    expect(one?.key).not.toBe(two?.key)
    expect(one?.within).toEqual(two?.within)
    expect(one?.within?.key).not.toBe(access({ ...googleSecrets, developer_token: 'x' }).bucket?.within?.key)
    expect(JSON.stringify(one)).not.toContain(googleSecrets.developer_token)
    expect(one).toMatchObject({ pauses: { first: seconds(10), longest: minutes(15) } })
  })

  test('has a token for each credential, and a new one where any secret is another', () => {
    const key = access(googleSecrets).token?.key
    expect(access({ ...googleSecrets }, '2').token?.key).toBe(key)
    expect(access({ ...googleSecrets, client_secret: 'x' }).token?.key).not.toBe(key)
  })

  test('names the manager only where there is one', () => {
    expect(access(googleSecrets).headers).toEqual({
      'developer-token': 'developer',
      'login-customer-id': '1112223333',
    })
    const { login_customer_id: _, ...direct } = googleSecrets
    expect(access(direct).headers).toEqual({ 'developer-token': 'developer' })
  })
})

describe('GoogleAdsClient', () => {
  const token = json({ access_token: 'ya29.x', expires_in: 3599 })
  const { signal } = new AbortController()

  test('asks as Google documents it', async () => {
    await using vendor = await localVendor(
      token,
      json([{ results: [{ a: 1 }] }, { fieldMask: '' }]),
      json({}),
    )
    const { door } = testDoor(vendor.url)
    await using _ = door
    const client = new GoogleAdsClient(door, googleSecrets, new Date())
    const rows: unknown[] = []
    for await (const batch of client.stream('42', 'SELECT x FROM y', z.unknown(), signal)) rows.push(...batch)
    expect(rows).toEqual([{ a: 1 }])
    for await (const page of client.search('42', 'SELECT x FROM y', z.unknown(), signal, { pageToken: 'p' }))
      expect(page).toEqual({ rows: [], next: undefined })
    expect(vendor.seen[0]).toMatchObject({
      method: 'POST',
      url: '/token',
      headers: { 'content-type': expect.stringContaining('application/x-www-form-urlencoded') },
      body: 'grant_type=refresh_token&client_id=client&client_secret=client-secret&refresh_token=refresh',
    })
    expect(vendor.seen[1]).toMatchObject({
      method: 'POST',
      url: '/v25/customers/42/googleAds:searchStream',
      headers: {
        authorization: 'Bearer ya29.x',
        'developer-token': 'developer',
        'login-customer-id': '1112223333',
        'content-type': 'application/json',
      },
      body: '{"query":"SELECT x FROM y"}',
    })
    expect(vendor.seen[2]).toMatchObject({
      url: '/v25/customers/42/googleAds:search',
      body: '{"query":"SELECT x FROM y","pageToken":"p"}',
    })
  })

  test('stops at pages that lead in a circle', async () => {
    await using vendor = await localVendor(token, json({ nextPageToken: 'a' }))
    const { door } = testDoor(vendor.url)
    await using _ = door
    const pages = new GoogleAdsClient(door, googleSecrets, new Date()).search('42', 'q', z.unknown(), signal)
    await pages.next()
    await expect(pages.next()).rejects.toThrow(/do not end/)
  })
})
