import { EventEmitter, once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { gzipSync } from 'node:zlib'
import { z } from 'zod'
import {
  RateLimitedError,
  VendorAuthError,
  VendorRequestError,
  VendorResponseError,
  VendorTimeoutError,
  VendorUnavailableError,
} from '../../src/job/errors'
import type { StreamRequest, VendorAccess } from '../../src/job/http'
import type { RateLimiter } from '../../src/job/rate-limiter'
import { minutes } from '../../src/lib/durations'
import type { VendorCall, VendorDoorOptions } from '../../src/vendors/http'
import { testDoor } from '../support/door'
import { json, localVendor, plain, reset, silence } from '../support/local-vendor'
import { unlimited } from '../support/unlimited'

const { signal } = new AbortController()
const each = z.object({ n: z.number() })
const rows = (count: number) => Array.from({ length: count }, (_, n) => ({ n }))
type Answer = Parameters<typeof localVendor>[number]

const setup = async (
  answers: Answer[],
  access: Partial<VendorAccess> = {},
  options: Partial<VendorDoorOptions> = {},
) => {
  const calls: VendorCall[] = []
  const vendor = await localVendor(...answers)
  const { door, waits } = testDoor(vendor.url, { onCall: (call) => calls.push(call), ...options })
  const http = door.for({ host: 'googleAds', ...access })
  const stream = (request: Partial<StreamRequest<{ n: number }>> = {}) =>
    http.stream('POST', '/rows', { each, signal, idempotent: true, ...request })
  /** Everything up to the end or to the error. */
  const drain = async (request: Partial<StreamRequest<{ n: number }>> = {}) => {
    const read: { n: number }[] = []
    try {
      for await (const row of stream(request)) read.push(row)
      return { read, error: undefined }
    } catch (error) {
      return { read, error }
    }
  }
  const dispose = async (): Promise<void> => {
    await door[Symbol.asyncDispose]()
    await vendor[Symbol.asyncDispose]()
  }
  const outcomes = () => calls.map(({ status, outcome }) => `${status} ${outcome}`)
  return { vendor, waits, outcomes, stream, drain, [Symbol.asyncDispose]: dispose }
}

/** Sends this much of an array, and then ends the connection or leaves it open. */
const begun =
  (text: string, then: (response: ServerResponse) => void): Answer =>
  (response) => {
    response.writeHead(200, { 'content-type': 'application/json' })
    response.write(text, () => then(response))
  }
/** What is held of the heap once the rubbish is gone. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  ;(collect as () => void)()
  return process.memoryUsage().heapUsed
}

/** Timers that run by the test's clock; sockets go on by their own. */
function fakeTimers(): { pass: (milliseconds: number) => void; isRunning: () => Promise<void> } & Disposable {
  jest.useFakeTimers({
    doNotFake: [
      'Date',
      'hrtime',
      'nextTick',
      'performance',
      'queueMicrotask',
      'setImmediate',
      'clearImmediate',
      'setInterval',
      'clearInterval',
    ],
  })
  return {
    pass: (milliseconds) => {
      jest.advanceTimersByTime(milliseconds)
    },
    isRunning: async () => {
      while (jest.getTimerCount() === 0) await new Promise((resolve) => setImmediate(resolve))
    },
    [Symbol.dispose]: () => void jest.useRealTimers(),
  }
}

const cut = (response: ServerResponse): void => void response.destroy()

describe('VendorDoor.stream', () => {
  test('hands out the elements of an array and of a field', async () => {
    await using world = await setup([json(rows(3)), json({ total: 3, data: rows(3) })])
    expect(await world.drain()).toEqual({ read: rows(3), error: undefined })
    expect(await world.drain({ field: 'data' })).toEqual({ read: rows(3), error: undefined })
    expect(world.outcomes()).toEqual(['200 ok', '200 ok'])
  })

  test('ends at once where there are no elements', async () => {
    await using world = await setup([json([])])
    expect(await world.drain()).toEqual({ read: [], error: undefined })
  })

  test('reads what is compressed', async () => {
    const body = gzipSync(JSON.stringify(rows(5000)))
    await using world = await setup([
      (response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(body),
      (response) => void response.writeHead(200, { 'content-encoding': 'gzip' }).end(body.subarray(0, -2000)),
    ])
    expect((await world.drain()).read).toHaveLength(5000)
    const { read, error } = await world.drain()
    expect(read.length).toBeGreaterThan(0)
    expect(error).toBeInstanceOf(VendorUnavailableError)
  })

  test('keeps memory flat however long the answer is', async () => {
    const row = { n: 1, text: 'x'.repeat(500) }
    const part = `${JSON.stringify(row)},`.repeat(100)
    const long: Answer = (response) => {
      response.writeHead(200).write('[')
      const send = async (): Promise<void> => {
        for (let sent = 0; sent < 1000; sent += 1) {
          if (!response.write(part)) await once(response, 'drain')
        }
        response.end(`${JSON.stringify(row)}]`)
      }
      void send()
    }
    await using world = await setup([long], { maxBytes: 1024 * 1024 })
    let count = 0
    let most = 0
    const before = heldBytes()
    for await (const _ of world.stream()) {
      count += 1
      if (count % 20_000 === 0) most = Math.max(most, heldBytes() - before)
    }
    expect(count).toBe(100_001)
    // The answer has more than 50 MB.
    expect(most).toBeLessThan(10 * 1024 * 1024)
  })

  test.each([
    ['a server error', json({}, 502)],
    ['a reset connection', reset],
    ['a cut before the first element', begun('[{"n": ', cut)],
    ['an answer that ends before it began', plain('')],
    ['half an element', plain('[{"n": 1')],
    ['a fault page with status 200', plain('<html>')],
    ['another shape', json({ error: {} })],
    ['a first element that is not as documented', json([{ n: 'one' }])],
  ])('repeats after %s', async (_, fault) => {
    await using world = await setup([fault, fault, json(rows(2))])
    expect(await world.drain()).toEqual({ read: rows(2), error: undefined })
    expect(world.waits).toEqual([500, 1000])
  })

  test.each([
    ['a fault page with status 200', plain('<html>')],
    ['another shape', json({ error: {} })],
  ])('gives up on %s with an error of the answer', async (_, fault) => {
    await using world = await setup([fault])
    expect((await world.drain()).error).toBeInstanceOf(VendorResponseError)
    expect(world.vendor.seen).toHaveLength(3)
  })

  test.each([
    ['is cut', begun('[{"n":0},{"n":1},', cut)],
    ['ends in the middle', plain('[{"n":0},{"n":1}')],
  ])('does not repeat an answer that %s after its first element', async (_, fault) => {
    await using world = await setup([fault])
    const { read, error } = await world.drain()
    expect(read).toEqual(rows(2))
    expect(error).toBeInstanceOf(VendorUnavailableError)
    expect(world.vendor.seen).toHaveLength(1)
    expect(world.outcomes()).toEqual(['200 vendor_unavailable'])
  })

  test('names the element and the place where it differs, and none of its values', async () => {
    await using world = await setup([json([{ n: 0 }, { n: 'SECRET' }])])
    const { read, error } = await world.drain()
    expect(read).toEqual(rows(1))
    expect(error).toBeInstanceOf(VendorResponseError)
    expect(String(error)).toContain('element 1 is not as documented at n: invalid_type')
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('SECRET')
  })

  test('refuses an element that is too large', async () => {
    await using world = await setup([json([{ n: 1, text: 'x'.repeat(400_000) }])], { maxBytes: 100_000 })
    const { error } = await world.drain()
    expect(error).toBeInstanceOf(VendorResponseError)
    expect(String(error)).toContain('more than 100000 bytes in one element')
    expect(world.vendor.seen).toHaveLength(1)
  })

  test('reads a refusal as any other request does, an array of errors too', async () => {
    const seen: unknown[] = []
    const translate: VendorAccess['translate'] = ({ status, json: body, request }) => {
      seen.push(body)
      return status === 429 ? new RateLimitedError(request, 60_000) : undefined
    }
    await using world = await setup([json([{ error: { code: 429 } }], 429), json([{}], 400)], { translate })
    expect((await world.drain()).error).toMatchObject({ retryAfter: 60_000 })
    expect((await world.drain()).error).toBeInstanceOf(VendorRequestError)
    expect(seen).toEqual([[{ error: { code: 429 } }], [{}]])
  })

  test('lets the vendor look at the headers of a good answer', async () => {
    const translate: VendorAccess['translate'] = ({ headers, json: body, request }) =>
      body === undefined && headers.get('x-usage') === '100'
        ? new RateLimitedError(request, 60_000)
        : undefined
    await using world = await setup([json(rows(1), 200, { 'x-usage': '100' })], { translate })
    expect((await world.drain()).error).toBeInstanceOf(RateLimitedError)
  })

  test('fetches a new token after a 401', async () => {
    let fetched = 0
    const fetch = async () => ({ value: `t${(fetched += 1)}`, lifetime: Infinity })
    const token = { key: 'k', fetch }
    await using world = await setup([json({}, 401), json(rows(1)), json([{}], 401)], { token })
    expect(await world.drain()).toEqual({ read: rows(1), error: undefined })
    expect(world.vendor.seen.map(({ headers }) => headers.authorization)).toEqual(['Bearer t1', 'Bearer t2'])
    expect((await world.drain()).error).toBeInstanceOf(VendorAuthError)
  })

  test('gives up a vendor that does not begin in time', async () => {
    await using world = await setup([silence], { timeout: 50 })
    expect((await world.drain()).error).toBeInstanceOf(VendorTimeoutError)
    await using slow = await setup([begun('[', () => undefined)], { timeout: 50 })
    expect((await slow.drain()).error).toBeInstanceOf(VendorTimeoutError)
  })

  test('counts neither its reader’s time nor elements that keep coming, but a silence', async () => {
    const more = new EventEmitter()
    const answer: Answer = (response) => {
      response.writeHead(200).write('[{"n":0},')
      more.once('second', () => response.write('{"n":1},'))
    }
    await using world = await setup([answer])
    using clock = fakeTimers()
    const elements = world.stream()
    expect(await elements.next()).toMatchObject({ value: { n: 0 } })
    clock.pass(minutes(30))
    const second = elements.next()
    await clock.isRunning()
    clock.pass(minutes(4))
    more.emit('second')
    expect(await second).toMatchObject({ value: { n: 1 } })
    const third = elements.next()
    third.catch(() => undefined)
    await clock.isRunning()
    clock.pass(minutes(5))
    await expect(third).rejects.toThrow(/nothing arrives for 5 min/)
    await expect(third).rejects.toThrow(VendorTimeoutError)
  })

  test('rejects with the very reason of the caller’s abort, in the middle too', async () => {
    await using world = await setup([begun('[{"n":0},', () => undefined)])
    const caller = new AbortController()
    const reason = new Error('stopping')
    const elements = world.stream({ signal: caller.signal })
    await elements.next()
    const second = elements.next()
    caller.abort(reason)
    await expect(second).rejects.toBe(reason)
    expect(world.outcomes()).toEqual(['200 aborted'])
  })

  test('lets its reader leave after an abort as well', async () => {
    await using world = await setup([begun('[{"n":0},', () => undefined)])
    const caller = new AbortController()
    for await (const _ of world.stream({ signal: caller.signal })) {
      caller.abort(new Error('stopping'))
      await new Promise((resolve) => setImmediate(resolve))
      break
    }
    expect(world.outcomes()).toEqual(['200 aborted'])
  })

  test('frees its place in the bucket at its end, at an error and when its reader leaves', async () => {
    let inFlight = 0
    const limiter: RateLimiter = {
      ...unlimited,
      grant: async () => {
        inFlight += 1
        return { at: 0, release: async () => void (inFlight -= 1) }
      },
    }
    const bucket = { key: 'b', perSecond: 1, inFlight: 1 }
    const closed = new EventEmitter()
    const endless = begun('[{"n":0},', (response) => response.on('close', () => closed.emit('closed')))
    await using world = await setup([json(rows(2)), json([{ n: 0 }, {}]), endless], { bucket }, { limiter })
    const elements = world.stream()
    await elements.next()
    expect(inFlight).toBe(1)
    for await (const _ of elements);
    expect(inFlight).toBe(0)
    await world.drain()
    expect(inFlight).toBe(0)
    const left = once(closed, 'closed')
    for await (const _ of world.stream()) break
    expect(inFlight).toBe(0)
    await left
  })
})
