import type { Request, RequestHandler } from 'express'
import { ipKeyGenerator, rateLimit, type RateLimitInfo } from 'express-rate-limit'
import { minutes } from '../lib/durations'
import type { Context } from './context'
import { RefusedError } from './errors'
import { SharedCounters } from './shared-counters'

/** For so long failures are counted, from the first. */
const period = minutes(15)

/** How many failures of a kind are taken before there is a wait. */
export interface FailureLimit {
  /** Keeps its counters apart from those of other limits. */
  readonly space: string
  /** Failures within a quarter of an hour. */
  readonly limit: number
  /** Whose failures they are. */
  readonly keyOf: (req: Request) => string
  /** What is neither counted nor refused. Default: nothing. */
  readonly skip?: (req: Request) => boolean | Promise<boolean>
  /** What is said to those who have to wait. */
  readonly message: string
  /** Leaves its trace, once for a whole lock-out. */
  readonly record: (req: Request) => Promise<void>
}

/** Refuses with 429 who has failed too often, over all replicas. A request that is answered well counts as no failure. */
export const limitFailures = (
  { values }: Pick<Context, 'values'>,
  { space, limit, keyOf, skip = () => false, message, record }: FailureLimit,
): RequestHandler =>
  rateLimit({
    windowMs: period,
    limit,
    keyGenerator: keyOf,
    skip,
    skipSuccessfulRequests: true,
    store: new SharedCounters(values, space, period),
    standardHeaders: false,
    legacyHeaders: false,
    // They judge the configuration, by printing; tests do that here.
    validate: false,
    handler: (req, res, next) => {
      res.set('Retry-After', String(period / 1000))
      const refusal = new RefusedError(429, message)
      // The first one over the limit is the lock-out; those after it are only its tries.
      const isFirst = (req as RateLimited).rateLimit.used === limit + 1
      if (!isFirst) return next(refusal)
      void record(req).then(() => next(refusal), next)
    },
  })

interface RateLimited extends Request {
  readonly rateLimit: RateLimitInfo
}

/** Where a request comes from. A /56 of IPv6 is one address: that much goes to one customer. */
export const addressOf = (req: Request): string => ipKeyGenerator(req.ip ?? 'unknown')
