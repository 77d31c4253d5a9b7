import type { Token } from '../../src/job/http'
import { TokenCache } from '../../src/vendors/token-cache'

const { signal } = new AbortController()

const setup = (lifetime = 3_600_000) => {
  let now = 0
  const flights: { signal: AbortSignal; land: (value: string) => void; crash: (error: Error) => void }[] = []
  const fetch = async (aborted: AbortSignal): Promise<Token> =>
    new Promise((resolve, reject) => {
      aborted.addEventListener('abort', () => reject(aborted.reason as Error))
      flights.push({ signal: aborted, land: (value) => resolve({ value, lifetime }), crash: reject })
    })
  const cache = new TokenCache({ now: () => now })
  return { cache, fetch, flights, pass: (milliseconds: number) => (now += milliseconds) }
}

describe('TokenCache', () => {
  test('fetches once for all who ask at the same time, and keeps the token', async () => {
    const { cache, fetch, flights } = setup()
    const asked = [cache.get('a', fetch, signal), cache.get('a', fetch, signal)]
    flights[0]?.land('token')
    expect(await Promise.all(asked)).toEqual(['token', 'token'])
    expect(await cache.get('a', fetch, signal)).toBe('token')
    expect(flights).toHaveLength(1)
  })

  test('keeps keys apart', async () => {
    const { cache, fetch, flights } = setup()
    const asked = [cache.get('a', fetch, signal), cache.get('b', fetch, signal)]
    flights[0]?.land('A')
    flights[1]?.land('B')
    expect(await Promise.all(asked)).toEqual(['A', 'B'])
  })

  test('fetches anew a minute before the token expires', async () => {
    const { cache, fetch, flights, pass } = setup()
    const first = cache.get('a', fetch, signal)
    flights[0]?.land('first')
    await first
    pass(3_539_999)
    expect(await cache.get('a', fetch, signal)).toBe('first')
    pass(1)
    const second = cache.get('a', fetch, signal)
    flights[1]?.land('second')
    expect(await second).toBe('second')
  })

  test('forgets a refused token, but not the one that replaced it', async () => {
    const { cache, fetch, flights } = setup()
    const first = cache.get('a', fetch, signal)
    flights[0]?.land('first')
    await first
    cache.invalidate('a', 'first')
    const second = cache.get('a', fetch, signal)
    flights[1]?.land('second')
    await second
    cache.invalidate('a', 'first')
    expect(await cache.get('a', fetch, signal)).toBe('second')
  })

  test('does not keep a failure', async () => {
    const { cache, fetch, flights } = setup()
    const failed = cache.get('a', fetch, signal)
    flights[0]?.crash(new Error('no'))
    await expect(failed).rejects.toThrow('no')
    const next = cache.get('a', fetch, signal)
    flights[1]?.land('token')
    expect(await next).toBe('token')
  })

  test('lets one caller abort without harm to the others', async () => {
    const { cache, fetch, flights } = setup()
    const caller = new AbortController()
    const reason = new Error('stopping')
    const leaving = cache.get('a', fetch, caller.signal)
    const staying = cache.get('a', fetch, signal)
    caller.abort(reason)
    await expect(leaving).rejects.toBe(reason)
    expect(flights[0]?.signal.aborted).toBe(false)
    flights[0]?.land('token')
    expect(await staying).toBe('token')
  })

  test('aborts the fetch when nobody waits for it any more', async () => {
    const { cache, fetch, flights } = setup()
    const caller = new AbortController()
    const leaving = cache.get('a', fetch, caller.signal)
    caller.abort(new Error('stopping'))
    await expect(leaving).rejects.toThrow('stopping')
    expect(flights[0]?.signal.aborted).toBe(true)
    const next = cache.get('a', fetch, signal)
    flights[1]?.land('token')
    expect(await next).toBe('token')
  })
})
