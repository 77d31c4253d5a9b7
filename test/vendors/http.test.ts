import { createServer } from 'node:net'
import { EventEmitter, once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { z } from 'zod'
import {
  RateLimitedError,
  UnexpectedError,
  VendorAuthError,
  VendorConfigError,
  VendorRequestError,
  VendorResponseError,
  VendorTimeoutError,
  VendorUnavailableError,
} from '../../src/job/errors'
import type { VendorAccess } from '../../src/job/http'
import type { VendorCall, VendorDoorOptions } from '../../src/vendors/http'
import { testDoor } from '../support/door'
import { cutOff, json, localVendor, plain, reset, silence } from '../support/local-vendor'

const schema = z.object({ ok: z.boolean() })
const good = json({ ok: true })
const { signal } = new AbortController()
const noon = () => new Date('2026-11-21T12:00:00Z')
/** A vendor that says in its body what others say by a status. */
const translate: VendorAccess['translate'] = ({ json: body, request }) =>
  (body as { code?: number }).code === 17 ? new RateLimitedError(request, 60_000) : undefined

const setup = async (
  answers: Parameters<typeof localVendor>,
  access: Partial<VendorAccess> = {},
  options: Partial<VendorDoorOptions> = {},
) => {
  const vendor = await localVendor(...answers)
  const { door, waits } = testDoor(`${vendor.url}/api/v1`, options)
  const dispose = async (): Promise<void> => {
    await door[Symbol.asyncDispose]()
    await vendor[Symbol.asyncDispose]()
  }
  return { vendor, waits, http: door.for({ host: 'ctm', ...access }), [Symbol.asyncDispose]: dispose }
}

describe('VendorDoor', () => {
  test('asks below the base URL and says who asks', async () => {
    await using world = await setup([good], { headers: { Authorization: 'Basic c2VjcmV0' } })
    const query = new URLSearchParams({ page: '2' })
    expect(await world.http.get('/things.json', { schema, signal, query })).toEqual({ ok: true })
    expect(world.vendor.seen[0]).toMatchObject({
      method: 'GET',
      url: '/api/v1/things.json?page=2',
      headers: {
        accept: 'application/json',
        authorization: 'Basic c2VjcmV0',
        'user-agent': 'Syncfleet/1.2.3',
        'x-request-id': expect.stringMatching(/^[\da-f-]{36}$/),
      },
    })
  })

  test('sends JSON and form fields', async () => {
    await using world = await setup([good])
    await world.http.post('/json', { schema, signal, body: { a: 1 } })
    await world.http.post('/form', { schema, signal, body: new URLSearchParams({ a: '1' }) })
    expect(world.vendor.seen.map(({ body, headers }) => [headers['content-type'], body])).toEqual([
      ['application/json', '{"a":1}'],
      ['application/x-www-form-urlencoded;charset=UTF-8', 'a=1'],
    ])
  })

  test.each([
    [401, VendorAuthError],
    [403, VendorConfigError],
    [404, VendorConfigError],
    [400, VendorRequestError],
    [422, VendorRequestError],
    [408, VendorTimeoutError],
    [500, VendorUnavailableError],
    [503, VendorUnavailableError],
    [302, VendorResponseError],
  ])('reads status %i as its class of error', async (status, expected) => {
    await using world = await setup([json({ error: 'SECRET-BODY' }, status)])
    const query = new URLSearchParams({ token: 'SECRET-QUERY' })
    const failure = await world.http.get('/a', { schema, signal, query }).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(expected)
    expect(String(failure)).toMatch(new RegExp(`GET ctm /a \\(request [\\da-f-]{36}\\): status ${status}`))
    expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain('SECRET')
  })

  test.each([
    ['a server error', json({}, 502)],
    ['a cut connection', cutOff],
    ['a reset connection', reset],
    ['half a JSON text', plain('{"ok": tr')],
    ['a fault page with status 200', plain('<html>')],
    ['an answer that is not as documented', json({ ok: 'yes' })],
  ])('repeats a GET after %s', async (_, fault) => {
    await using world = await setup([fault, fault, good])
    expect(await world.http.get('/a', { schema, signal })).toEqual({ ok: true })
    expect(world.waits).toEqual([500, 1000])
    expect(new Set(world.vendor.seen.map(({ headers }) => headers['x-request-id'])).size).toBe(1)
  })

  test('gives up after three tries', async () => {
    await using world = await setup([cutOff])
    await expect(world.http.get('/a', { schema, signal })).rejects.toThrow(VendorUnavailableError)
    expect(world.vendor.seen).toHaveLength(3)
  })

  test.each([401, 403, 404, 400, 422, 302])('does not repeat after status %i', async (status) => {
    await using world = await setup([json({}, status)])
    await expect(world.http.get('/a', { schema, signal })).rejects.toThrow(`status ${status}`)
    expect(world.vendor.seen).toHaveLength(1)
  })

  test('repeats a POST only where that does no harm', async () => {
    await using world = await setup([reset, reset, good])
    await expect(world.http.post('/a', { schema, signal, body: {} })).rejects.toThrow(VendorUnavailableError)
    expect(world.vendor.seen).toHaveLength(1)
    expect(await world.http.post('/a', { schema, signal, body: {}, idempotent: true })).toEqual({ ok: true })
  })

  test('repeats even a POST whose connection was never made', async () => {
    const closed = createServer().listen(0, '127.0.0.1')
    await once(closed, 'listening')
    const { port } = closed.address() as AddressInfo
    closed.close()
    await once(closed, 'close')
    const { door, waits } = testDoor(`http://127.0.0.1:${port}`)
    await using _ = door
    const post = door.for({ host: 'ctm' }).post('/a', { schema, signal, body: {} })
    await expect(post).rejects.toThrow(/the connection failed \(ECONNREFUSED\)/)
    expect(waits).toHaveLength(2)
  })

  test('follows no redirect', async () => {
    await using other = await localVendor(good)
    await using world = await setup([json({}, 307, { location: `${other.url}/api/v1/a` })])
    await expect(world.http.get('/a', { schema, signal })).rejects.toThrow(/redirects are not followed/)
    expect(other.seen).toEqual([])
  })

  test('names the places where an answer differs, and none of its values', async () => {
    const body = { people: [{ age: 'SECRET-AGE' }, { age: 7 }] }
    await using world = await setup([json(body)])
    const people = z.object({ people: z.array(z.object({ age: z.number() })) })
    const failure = await world.http.get('/a', { schema: people, signal }).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(VendorResponseError)
    expect(String(failure)).toContain('people.0.age: invalid_type')
    expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain('SECRET')
  })

  test('refuses an answer that is too large', async () => {
    await using world = await setup([json({ ok: true, padding: 'x'.repeat(5000) })], { maxBytes: 4096 })
    await expect(world.http.get('/a', { schema, signal })).rejects.toThrow(/more than 4096 bytes/)
    expect(world.vendor.seen).toHaveLength(1)
  })

  test.each([
    ['seconds', '3', 3000],
    ['a date', 'Sat, 21 Nov 2026 12:00:04 GMT', 4000],
  ])('waits out a short Retry-After in %s', async (_, header, expected) => {
    await using world = await setup([json({}, 429, { 'retry-after': header }), good], {}, { now: noon })
    expect(await world.http.get('/a', { schema, signal })).toEqual({ ok: true })
    expect(world.waits).toEqual([expected])
  })

  test('hands a long Retry-After up instead of holding the worker', async () => {
    await using world = await setup([json({}, 429, { 'retry-after': '120' })])
    const failure = await world.http.get('/a', { schema, signal }).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(RateLimitedError)
    expect(failure).toMatchObject({ retryAfter: 120_000 })
    expect(world.waits).toEqual([])
  })

  test('backs off longer with every refusal that names no wait', async () => {
    await using world = await setup([json({}, 429)])
    const refusal = async () => world.http.get('/a', { schema, signal }).catch((error: unknown) => error)
    expect(await refusal()).toMatchObject({ retryAfter: 4500 })
    expect(world.waits).toEqual([2250])
    for (let i = 0; i < 6; i += 1) await refusal()
    expect(await refusal()).toMatchObject({ retryAfter: 67_500 })
  })

  test('runs out of patience with a vendor that always says at once', async () => {
    await using world = await setup([json({}, 429, { 'retry-after': '0' })])
    await expect(world.http.get('/a', { schema, signal })).rejects.toThrow(RateLimitedError)
    expect(world.vendor.seen.length).toBeLessThan(60)
  })

  test('honours a Retry-After of a server that is down', async () => {
    await using world = await setup([json({}, 503, { 'retry-after': '2' }), good])
    await world.http.get('/a', { schema, signal })
    expect(world.waits).toEqual([2000])
  })

  test('rejects with the very reason of the caller’s abort', async () => {
    const asked = new EventEmitter()
    await using world = await setup([() => void asked.emit('request')])
    const caller = new AbortController()
    const reason = new Error('stopping')
    const request = once(asked, 'request')
    const answer = world.http.get('/a', { schema, signal: caller.signal })
    await request
    caller.abort(reason)
    await expect(answer).rejects.toBe(reason)
    await expect(world.http.get('/a', { schema, signal: caller.signal })).rejects.toBe(reason)
  })

  test('gives up a vendor that is silent for too long', async () => {
    await using world = await setup([silence], { timeout: 50 })
    await expect(world.http.get('/a', { schema, signal })).rejects.toThrow(VendorTimeoutError)
  })

  test('gives up a vendor that never ends its answer', async () => {
    const endless = await setup([(response) => void response.writeHead(200).write('{')], { timeout: 50 })
    await using world = endless
    await expect(world.http.get('/a', { schema, signal })).rejects.toThrow(VendorTimeoutError)
  })

  test.each(['a', '@evil.test/', '/../../admin', '/%2e%2e/%2e%2e/admin'])(
    'refuses the path %s',
    async (path) => {
      await using world = await setup([good])
      await expect(world.http.get(path, { schema, signal })).rejects.toThrow(UnexpectedError)
      expect(world.vendor.seen).toEqual([])
    },
  )

  test('names the header that a secret does not fit, and not the secret', async () => {
    await using world = await setup([good], { headers: { Authorization: 'Bearer SECRET\nTOKEN' } })
    const failure = await world.http.get('/a', { schema, signal }).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(VendorAuthError)
    expect(String(failure)).toContain('Authorization')
    expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain('SECRET')
  })

  test('lets a vendor say what its answers mean', async () => {
    await using world = await setup([json({ code: 17 }), good], { translate })
    await expect(world.http.get('/a', { schema, signal })).rejects.toMatchObject({ retryAfter: 60_000 })
    expect(await world.http.get('/a', { schema, signal })).toEqual({ ok: true })
  })

  test('counts every request that was sent', async () => {
    const calls: VendorCall[] = []
    await using world = await setup([reset, json({}, 503), good], {}, { onCall: (call) => calls.push(call) })
    await world.http.get('/a', { schema, signal })
    expect(calls.map(({ host, method, status, outcome }) => [host, method, status, outcome])).toEqual([
      ['ctm', 'GET', undefined, 'vendor_unavailable'],
      ['ctm', 'GET', 503, 'vendor_unavailable'],
      ['ctm', 'GET', 200, 'ok'],
    ])
  })

  test.each([
    ['https', 'https://vendor.example'],
    ['plain http where a setting reaches the same host and port by it', 'http://sandbox:8090/org'],
  ])('takes %s in a credential', async (_, url) => {
    const { door } = testDoor('http://sandbox:8090/ctm/api/v1')
    await using disposed = door
    expect(() => disposed.for({ host: new URL(url) })).not.toThrow()
  })

  test.each(['http://sandbox:8091', 'http://vendor.example', 'http://127.0.0.1:8090'])(
    'refuses the URL %s in a credential',
    async (url) => {
      const { door } = testDoor('http://sandbox:8090/ctm/api/v1')
      await using _ = door
      expect(() => door.for({ host: new URL(url) })).toThrow(VendorConfigError)
    },
  )

  test('refuses plain http in a credential where settings are not trusted, and takes it from an operator', async () => {
    const { door } = testDoor('http://sandbox:8090', { trustsPlainHttpSettings: false })
    await using _ = door
    const host = new URL('http://sandbox:8090')
    expect(() => door.for({ host })).toThrow(/sandbox:8090: expected an https:\/\/ URL/)
    expect(() => door.for({ host, allowsPlainHttp: true })).not.toThrow()
    expect(() => door.for({ host: new URL('https://vendor.example') })).not.toThrow()
    expect(() => door.for({ host: 'ctm' })).not.toThrow()
  })

  test('is disposed of twice without harm', async () => {
    const { door } = testDoor('http://127.0.0.1:1')
    await door[Symbol.asyncDispose]()
    await door[Symbol.asyncDispose]()
    await expect(door.for({ host: 'ctm' }).get('/a', { schema, signal })).rejects.toThrow(
      VendorUnavailableError,
    )
  })
})
