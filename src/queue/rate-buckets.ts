import { randomUUID } from 'node:crypto'
import { setTimeout as timer } from 'node:timers/promises'
import { RateLimitedError, StorageUnavailableError } from '../job/errors'
import type { Pauses, RateBucket } from '../job/http'
import type { GrantOptions, RateGrant, RateLimiter } from '../job/rate-limiter'
import { inWords, seconds } from '../lib/durations'
import { wait } from '../lib/wait'
import type { Redis } from './connection'
import { keys } from './keys'
import { Script } from './script'

/**
 * A place in several buckets at once: the request leaves when all of them let it, so that none loses its even spacing to
 * another's wait.
 * KEYS of the nth bucket: [3n-2] next  [3n-1] in flight  [3n] blocked
 * ARGV[1] longest wait in ms  ARGV[2] ms until a place is given up  ARGV[3] id of the request
 * ARGV of the nth bucket: [2n+2] µs between grants  [2n+3] places in flight
 * Reply: {1, ms until it may leave, the µs of that moment}, or {0, ms after which to ask again, 0} with nothing taken.
 */
const take = new Script(`
local buckets = #KEYS / 3
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local at, again = now, 0
for n = 1, buckets do
  local next, inFlight, blocked = KEYS[3 * n - 2], KEYS[3 * n - 1], KEYS[3 * n]
  again = math.max(again, redis.call('PTTL', blocked))
  redis.call('ZREMRANGEBYSCORE', inFlight, '-inf', math.floor(now / 1000))
  if redis.call('ZCARD', inFlight) >= tonumber(ARGV[2 * n + 3]) then
    again = math.max(again, 20, math.ceil(ARGV[2 * n + 2] / 1000))
  end
  at = math.max(at, tonumber(redis.call('GET', next) or '0'))
end
if again > 0 then return {0, again, '0'} end
local ahead = math.ceil((at - now) / 1000)
if ahead > tonumber(ARGV[1]) then return {0, ahead, '0'} end
local expires = math.ceil(at / 1000) + tonumber(ARGV[2])
for n = 1, buckets do
  local next, inFlight = KEYS[3 * n - 2], KEYS[3 * n - 1]
  local interval = tonumber(ARGV[2 * n + 2])
  -- Lifetimes count from the whole millisecond before now: two more, so that the key never goes too early.
  redis.call('SET', next, string.format('%.0f', at + interval), 'PX', ahead + math.ceil(interval / 1000) + 2)
  redis.call('ZADD', inFlight, expires, ARGV[3])
  redis.call('PEXPIRE', inFlight, math.max(expires - math.floor(now / 1000), redis.call('PTTL', inFlight)))
end
return {1, ahead, string.format('%.0f', at)}`)

/** KEYS in flight  ARGV[1] id of the request  ARGV[2] ms until its places are given up, from now. Reply: nothing. */
const keep = new Script(`
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
for _, inFlight in ipairs(KEYS) do
  redis.call('ZADD', inFlight, now + ARGV[2], ARGV[1])
  redis.call('PEXPIRE', inFlight, math.max(ARGV[2], redis.call('PTTL', inFlight)))
end`)

/** KEYS[1] blocked  ARGV[1] ms. Reply: ms left. */
const block = new Script(`
if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[1]) then redis.call('SET', KEYS[1], '1', 'PX', ARGV[1]) end
return redis.call('PTTL', KEYS[1])`)

/**
 * KEYS[1] blocked  KEYS[2] refusals  ARGV[1] first wait in ms  ARGV[2] longest wait in ms  ARGV[3] factor for jitter
 * ARGV[4] ms that refusals are remembered beyond the wait. Reply: ms left.
 */
const backOff = new Script(`
local left = redis.call('PTTL', KEYS[1])
if left > 0 then return left end
local refusals = redis.call('INCR', KEYS[2])
local wait = math.min(tonumber(ARGV[2]), tonumber(ARGV[1]) * 2 ^ (refusals - 1))
wait = math.ceil(wait * tonumber(ARGV[3]))
redis.call('SET', KEYS[1], '1', 'PX', wait)
redis.call('PEXPIRE', KEYS[2], wait + tonumber(ARGV[4]))
return wait`)

/** A bucket and those around it, its own first. */
function* bucketsAround(bucket: RateBucket): Generator<RateBucket> {
  for (let at: RateBucket | undefined = bucket; at; at = at.within) yield at
}

const intervalOf = (perSecond: number): number => Math.ceil((seconds(1) * 1000 * headroom) / perSecond)

/** A request may overtake the one before it on the way to the vendor, so grants lie this much further apart than they must. */
const headroom = 1.25

/**
 * How long a place is held without a word from its request: those of a worker that was killed are free again when its syncs
 * go on elsewhere, whatever its requests might have taken.
 */
const heldFor = seconds(6)
const keepEvery = seconds(2)

/**
 * The vendors' limits, kept over the whole fleet by Redis' clock. Grants are spaced evenly, so that no second, wherever it
 * begins, ever holds more than a bucket allows. Restarts empty with Redis.
 */
export class RateBuckets implements RateLimiter {
  readonly #redis: Redis
  readonly #keysOf: ReturnType<typeof keys>['rateBucket']

  /** The connection must answer or fail in time, as a `producer` does. Its owner ends it. */
  constructor(redis: Redis, prefix: string) {
    this.#redis = redis
    this.#keysOf = keys(prefix).rateBucket
  }

  async grant(bucket: RateBucket, { signal, maxWait, holdFor }: GrantOptions): Promise<RateGrant> {
    const buckets = [...bucketsAround(bucket)]
    const keysOf = buckets.map(({ key }) => this.#keysOf(key))
    const keyList = keysOf.flatMap(({ next, inFlight, blocked }) => [next, inFlight, blocked])
    const limits = buckets.flatMap(({ perSecond, inFlight }) => [intervalOf(perSecond), inFlight])
    let waited = 0
    for (;;) {
      signal.throwIfAborted()
      const id = randomUUID()
      const left = maxWait - waited
      const held = Math.min(holdFor, heldFor)
      const [taken, ahead, at] = (await answered(
        take.run(this.#redis, keyList, [left, held, id, ...limits]),
      )) as [number, number, string]
      if (taken === 0 && ahead > left) {
        // Where every place was taken all the time, as long again as we have waited.
        const retryAfter = Math.max(ahead, waited)
        throw new RateLimitedError(`the rate bucket is taken, wait ${inWords(retryAfter)}`, retryAfter)
      }
      const grant = { at: Number(at), release: this.#hold(keysOf, id, taken === 1 ? holdFor : 0) }
      if (taken === 1 && ahead === 0) return grant
      waited += ahead
      try {
        // Uneven, so that those who wait for a place do not all come back at once.
        await wait(taken === 1 ? ahead : ahead * (1 + Math.random() / 4), signal)
        // A refusal that somebody met meanwhile counts for this request, too.
        if (taken === 1 && !(await this.#isBlocked(keysOf))) return grant
      } catch (error) {
        await grant.release()
        throw error
      }
      await grant.release()
    }
  }

  /** Keeps a request's places for as long as it may take; returns what frees them. */
  #hold(keysOf: readonly { readonly inFlight: string }[], id: string, holdFor: number): () => Promise<void> {
    const places = keysOf.map(({ inFlight }) => inFlight)
    const over = new AbortController()
    const kept = this.#keep(places, id, performance.now() + holdFor - heldFor, over.signal)
    return async () => {
      over.abort()
      await Promise.all([kept, ...places.map(async (inFlight) => this.#release(inFlight, id))])
    }
  }

  async #keep(places: readonly string[], id: string, until: number, over: AbortSignal): Promise<void> {
    while (performance.now() < until) {
      // A request keeps its process alive, its place does not.
      await timer(keepEvery, undefined, { signal: over, ref: false }).catch(() => undefined)
      if (over.aborted || this.#redis.status === 'end') return
      // While Redis is away nobody else is granted anything, and the next time makes up for it.
      await keep.run(this.#redis, places, [id, heldFor]).catch(() => undefined)
    }
  }

  async #isBlocked(keysOf: readonly { readonly blocked: string }[]): Promise<boolean> {
    const blocked = keysOf.map((of) => of.blocked)
    return (await answered(this.#redis.exists(...blocked))) > 0
  }

  async block(key: string, milliseconds: number): Promise<void> {
    if (milliseconds < 1) return
    await answered(block.run(this.#redis, [this.#keysOf(key).blocked], [Math.ceil(milliseconds)]))
  }

  async backOff(
    key: string,
    { first, longest }: Pauses = { first: seconds(2), longest: seconds(60) },
  ): Promise<number> {
    const { blocked, refusals } = this.#keysOf(key)
    const factor = 1 + Math.random() / 4
    // Who waited as told is back soon after: a refusal that it then meets is one more in a row.
    const remembered = Math.max(seconds(60), first)
    const left = backOff.run(this.#redis, [blocked, refusals], [first, longest, factor, remembered])
    return (await answered(left)) as number
  }

  async #release(inFlight: string, id: string): Promise<void> {
    // The answer is there already, and must not be lost over a place that expires by itself.
    await this.#redis.zrem(inFlight, id).catch(() => undefined)
  }
}

async function answered<T>(reply: Promise<T>): Promise<T> {
  try {
    return await reply
  } catch (cause) {
    throw new StorageUnavailableError('Redis, which keeps the rate buckets, does not answer', { cause })
  }
}
