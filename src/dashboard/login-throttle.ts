import { createHash } from 'node:crypto'
import type { Request, RequestHandler } from 'express'
import { ipKeyGenerator, rateLimit, type ClientRateLimitInfo, type Store } from 'express-rate-limit'
import { days, minutes } from '../lib/durations'
import type { ExpiringValues } from '../queue/expiring-values'
import type { Context } from './context'
import { RefusedError } from './errors'

const period = minutes(15)

/** Failed logins within the period: by one address for one name, by one address, for one name from new addresses. */
const limits = { pair: 10, address: 50, name: 200 }

/** How long an address from which a user logged in stays out of reach of what others do with the name. */
const known = days(30)

/**
 * Slows down who guesses passwords, over all replicas, and not the user whose name they use: an address that has
 * guessed too often waits, and guesses spread over many addresses close the name only to addresses it was never used from.
 * Refused tries at a narrow limit do not count towards the wider ones.
 */
export const throttleLogins = (ctx: Context): readonly RequestHandler[] => {
  const limiter = (name: string, limit: number, keyOf: (req: Request) => string, skip: Skip = never) =>
    rateLimit({
      windowMs: period,
      limit,
      keyGenerator: keyOf,
      skip,
      skipSuccessfulRequests: true,
      store: new SharedCounters(ctx.values, `login-failures:${name}`),
      standardHeaders: false,
      legacyHeaders: false,
      // They judge the configuration, by printing; tests do that here.
      validate: false,
      handler: (_req, res, next) => {
        res.set('Retry-After', String(period / 1000))
        next(new RefusedError(429, 'Too many failed logins. Wait a quarter of an hour and try again.'))
      },
    })
  return [
    limiter('pair', limits.pair, (req) => `${nameOf(req)}:${addressOf(req)}`),
    limiter('address', limits.address, addressOf),
    limiter('name', limits.name, nameOf, async (req) => (await ctx.values.get(knownKey(req))) !== null),
  ]
}

/** Remembers that this user's password was given from this address. */
export const rememberAddress = async (ctx: Context, req: Request): Promise<void> =>
  ctx.values.set(knownKey(req), '1', known)

type Skip = (req: Request) => boolean | Promise<boolean>
const never: Skip = () => false

/** A /56 of IPv6 is one address: that much goes to one customer. */
const addressOf = (req: Request): string => ipKeyGenerator(req.ip ?? 'unknown')

/** Hashed: what is typed as a name may be a password, and of any length. */
function nameOf(req: Request): string {
  const { name } = (req.body ?? {}) as { name?: unknown }
  const text = typeof name === 'string' ? name.toLowerCase() : ''
  return createHash('sha256').update(text).digest('base64url').slice(0, 22)
}

const knownKey = (req: Request): string => `login-known:${nameOf(req)}:${addressOf(req)}`

/** express-rate-limit's counters, in Redis. */
class SharedCounters implements Store {
  readonly localKeys = false
  readonly #values: ExpiringValues
  readonly #space: string

  constructor(values: ExpiringValues, space: string) {
    this.#values = values
    this.#space = space
  }

  async increment(key: string): Promise<ClientRateLimitInfo> {
    const { count } = await this.#values.count(`${this.#space}:${key}`, period)
    return { totalHits: count, resetTime: undefined }
  }

  async decrement(key: string): Promise<void> {
    await this.#values.uncount(`${this.#space}:${key}`)
  }

  async resetKey(key: string): Promise<void> {
    await this.#values.delete(`${this.#space}:${key}`)
  }
}
