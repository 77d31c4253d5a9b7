import { EventEmitter, once } from 'node:events'
import { z } from 'zod'
import { RateLimitedError, VendorAuthError, VendorUnavailableError } from '../../src/job/errors'
import type { Http, RateBucket, TokenSource, VendorAccess } from '../../src/job/http'
import type { RateLimiter } from '../../src/job/rate-limiter'
import type { VendorDoorOptions } from '../../src/vendors/http'
import { deferred } from '../support/deferred'
import { testDoor } from '../support/door'
import { json, localVendor } from '../support/local-vendor'
import { unlimited } from '../support/unlimited'

const { signal } = new AbortController()
const schema = z.object({ ok: z.boolean() })
const tokenAnswer = z.object({ access_token: z.string(), expires_in: z.number() })

/** A vendor that issues tokens at /token and answers the bearers of those that it has not revoked. */
const setup = async (
  options: Partial<VendorDoorOptions> = {},
  access: Omit<Partial<VendorAccess>, 'token'> & { token?: Partial<TokenSource> } = {},
) => {
  let issued = 0
  const state = { accepts: (token: string) => token !== '', issue: (): boolean => true }
  const arrivals = new EventEmitter()
  const vendor = await localVendor((response, request) => {
    if (request.url !== '/token') {
      const token = request.headers.authorization?.replace('Bearer ', '') ?? ''
      return state.accepts(token) ? json({ ok: true })(response, request) : json({}, 401)(response, request)
    }
    arrivals.emit('token')
    if (!state.issue()) return
    issued += 1
    json({ access_token: `t${issued}`, expires_in: 3600 })(response, request)
  })
  const { door, waits } = testDoor(vendor.url, options)
  const login: Http = door.for({ host: 'googleOauth' })
  const token: TokenSource = {
    key: 'k',
    fetch: async (aborted) => {
      const answer = await login.post('/token', { schema: tokenAnswer, signal: aborted, idempotent: true })
      return { value: answer.access_token, lifetime: answer.expires_in * 1000 }
    },
    ...access.token,
  }
  const http = door.for({ host: 'googleAds', ...access, token })
  const dispose = async (): Promise<void> => {
    await door[Symbol.asyncDispose]()
    await vendor[Symbol.asyncDispose]()
  }
  const seen = () => vendor.seen.map(({ url, headers }) => `${url} ${headers.authorization ?? ''}`.trim())
  return { door, token, vendor, waits, http, state, arrivals, seen, [Symbol.asyncDispose]: dispose }
}

const failureOf = async (answer: Promise<unknown>): Promise<unknown> =>
  answer.catch((error: unknown) => error)

describe('VendorDoor with a token', () => {
  test('fetches it once for all clients that ask at the same time', async () => {
    await using world = await setup()
    const other = world.door.for({ host: 'googleAds', token: world.token })
    await Promise.all([world.http, world.http, other].map((http) => http.get('/a', { schema, signal })))
    expect(world.seen().toSorted()).toEqual(['/a Bearer t1', '/a Bearer t1', '/a Bearer t1', '/token'])
  })

  test('replaces one that grew old before the vendor refuses it', async () => {
    let now = 0
    await using world = await setup({ tokenClock: () => now })
    await world.http.get('/a', { schema, signal })
    now = 3_540_000
    await world.http.get('/b', { schema, signal })
    expect(world.seen()).toEqual(['/token', '/a Bearer t1', '/token', '/b Bearer t2'])
  })

  test('sends it as the vendor wants it, beside the other headers', async () => {
    const headersOf = (value: string) => ({ 'X-Token': value })
    await using world = await setup({}, { headers: { 'X-Other': 'o' }, token: { headersOf } })
    world.state.accepts = () => true
    await world.http.get('/a', { schema, signal })
    expect(world.vendor.seen[1]?.headers).toMatchObject({ 'x-token': 't1', 'x-other': 'o' })
  })

  test('fetches another one after a 401 and sends the same request once more', async () => {
    await using world = await setup()
    await world.http.get('/a', { schema, signal })
    world.state.accepts = (token) => token === 't2'
    expect(await world.http.post('/b', { schema, signal, body: { n: 1 } })).toEqual({ ok: true })
    expect(world.seen()).toEqual(['/token', '/a Bearer t1', '/b Bearer t1', '/token', '/b Bearer t2'])
    expect(world.waits).toEqual([])
    const ids = world.vendor.seen.slice(2).filter(({ url }) => url === '/b')
    expect(new Set(ids.map(({ headers }) => headers['x-request-id'])).size).toBe(1)
  })

  test('fetches one for all requests whose token was refused', async () => {
    await using world = await setup()
    await world.http.get('/a', { schema, signal })
    world.state.accepts = (token) => token === 't2'
    await Promise.all(['/b', '/c', '/d'].map(async (path) => world.http.get(path, { schema, signal })))
    expect(world.seen().filter((request) => request === '/token')).toHaveLength(2)
  })

  test('takes a second 401 for what it means', async () => {
    await using world = await setup()
    world.state.accepts = () => false
    await expect(world.http.get('/a', { schema, signal })).rejects.toThrow(VendorAuthError)
    expect(world.seen()).toEqual(['/token', '/a Bearer t1', '/token', '/a Bearer t2'])
  })

  test('lets the vendor say what a second 401 means, and not the first', async () => {
    const answers: number[] = []
    const translate: VendorAccess['translate'] = ({ status, request }) => {
      answers.push(status)
      return status === 401 ? new RateLimitedError(request, 60_000) : undefined
    }
    await using world = await setup({}, { translate })
    world.state.accepts = () => false
    await expect(world.http.get('/a', { schema, signal })).rejects.toThrow(RateLimitedError)
    expect(answers).toEqual([401])
  })

  test('hands up what the token’s own request comes to, and asks for nothing without a token', async () => {
    await using world = await setup()
    const refusal = new VendorAuthError('the refresh token was revoked')
    const fetch = async (): Promise<never> => {
      throw refusal
    }
    const refused = world.door.for({ host: 'googleAds', token: { key: 'other', fetch } })
    expect(await failureOf(refused.get('/a', { schema, signal }))).toBe(refusal)
    expect(world.seen()).toEqual([])
  })

  test('rides out a token endpoint in passing trouble, by that endpoint’s own retries', async () => {
    let inTrouble = 2
    await using world = await setup()
    const { vendor } = world
    await using flaky = await localVendor((response, request) => {
      inTrouble -= 1
      if (inTrouble >= 0) return json({}, 503)(response, request)
      json({ access_token: 'late', expires_in: 60 })(response, request)
    })
    const login = testDoor(flaky.url).door
    await using _ = login
    const fetch: TokenSource['fetch'] = async (aborted) => {
      const answer = await login
        .for({ host: 'googleOauth' })
        .post('/token', { schema: tokenAnswer, signal: aborted, idempotent: true })
      return { value: answer.access_token, lifetime: answer.expires_in * 1000 }
    }
    const http = world.door.for({ host: 'googleAds', token: { key: 'flaky', fetch } })
    expect(await http.get('/a', { schema, signal })).toEqual({ ok: true })
    expect(vendor.seen).toHaveLength(1)
    inTrouble = 99
    const next = world.door.for({ host: 'googleAds', token: { key: 'flaky again', fetch } })
    await expect(next.get('/a', { schema, signal })).rejects.toThrow(VendorUnavailableError)
    expect(vendor.seen).toHaveLength(1)
  })

  test('lets one of those who wait for it leave with the reason of its own abort', async () => {
    await using world = await setup()
    const held = deferred()
    const token: TokenSource = {
      key: 'held',
      fetch: async () => held.promise.then(() => ({ value: 'held', lifetime: 60_000 })),
    }
    const http = world.door.for({ host: 'googleAds', token })
    const leaver = new AbortController()
    const reason = new Error('stopping')
    const leaving = failureOf(http.get('/a', { schema, signal: leaver.signal }))
    const staying = http.get('/b', { schema, signal })
    leaver.abort(reason)
    expect(await leaving).toBe(reason)
    held.resolve()
    expect(await staying).toEqual({ ok: true })
    expect(world.seen()).toEqual(['/b Bearer held'])
  })

  test('ends the token’s own request when nobody waits for it any more', async () => {
    await using world = await setup()
    world.state.issue = () => false
    const leaver = new AbortController()
    const asked = once(world.arrivals, 'token')
    const leaving = failureOf(world.http.get('/a', { schema, signal: leaver.signal }))
    await asked
    leaver.abort(new Error('stopping'))
    expect(await leaving).toMatchObject({ message: 'stopping' })
    world.state.issue = () => true
    expect(await world.http.get('/a', { schema, signal })).toEqual({ ok: true })
  })

  test('takes no place in the request’s bucket while the token is fetched', async () => {
    const granted: string[] = []
    const limiter: RateLimiter = {
      ...unlimited,
      grant: async (bucket: RateBucket, options) => {
        granted.push(`${bucket.key} ${world.vendor.seen.length}`)
        return unlimited.grant(bucket, options)
      },
    }
    const bucket = { key: 'b', perSecond: 1, inFlight: 1 }
    await using world = await setup({ limiter }, { bucket })
    await world.http.get('/a', { schema, signal })
    expect(granted).toEqual(['b 1'])
  })
})
