import type { Redis } from './connection'

/** Redis did not answer. Trying again later can help. */
export class RedisUnavailableError extends Error {
  override name = 'RedisUnavailableError'
  readonly code = 'redis_unavailable'
}

export interface Count {
  readonly count: number
  /** Milliseconds until it starts over. */
  readonly expiresIn: number
}

// KEYS: the counter. ARGV: lifetime in ms. Reply: {count, ms left}.
const countScript = `
local count = redis.call('INCR', KEYS[1])
if count == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return {count, redis.call('PTTL', KEYS[1])}`

// KEYS: the counter. Reply: nothing. A counter that expired meanwhile is not made anew.
const uncountScript = `
if redis.call('EXISTS', KEYS[1]) == 1 then redis.call('DECR', KEYS[1]) end`

/**
 * Small values that vanish by themselves: sessions, counters of failed logins. Shared by all replicas.
 * Keys: `<prefix>:values:<key>`, strings, each with its own lifetime in milliseconds.
 */
export class ExpiringValues {
  readonly #redis: Redis
  readonly #prefix: string

  constructor(redis: Redis, prefix: string) {
    this.#redis = redis
    this.#prefix = `${prefix}:values:`
  }

  /** The value, or null where there is none any more. */
  async get(key: string): Promise<string | null> {
    return answered(this.#redis.get(this.#prefix + key))
  }

  async set(key: string, value: string, lifetime: number): Promise<void> {
    await answered(this.#redis.set(this.#prefix + key, value, 'PX', lifetime))
  }

  /** Lets a value live `lifetime` from now. Never brings one back that is gone. */
  async touch(key: string, lifetime: number): Promise<void> {
    await answered(this.#redis.pexpire(this.#prefix + key, lifetime))
  }

  async delete(key: string): Promise<void> {
    await answered(this.#redis.del(this.#prefix + key))
  }

  /** Adds one to a counter that lives `lifetime` from its first count. */
  async count(key: string, lifetime: number): Promise<Count> {
    const reply = await answered(this.#redis.eval(countScript, 1, this.#prefix + key, lifetime))
    const [count, expiresIn] = reply as [number, number]
    return { count, expiresIn }
  }

  /** Takes one count back. */
  async uncount(key: string): Promise<void> {
    await answered(this.#redis.eval(uncountScript, 1, this.#prefix + key))
  }
}

async function answered<T>(reply: Promise<T>): Promise<T> {
  try {
    return await reply
  } catch (cause) {
    throw new RedisUnavailableError('Redis does not answer', { cause })
  }
}
