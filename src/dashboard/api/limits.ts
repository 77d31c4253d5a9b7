import type { RequestHandler } from 'express'
import { rateLimit } from 'express-rate-limit'
import { minutes } from '../../lib/durations'
import type { Context } from '../context'
import { RefusedError } from '../errors'
import { userOf } from '../session'
import { SharedCounters } from '../shared-counters'

const period = minutes(1)

/** Requests of one user or token within the period. */
export const perMinute = { reads: 600, acts: 60 } as const

/** Holds every user and token to so many requests a minute, over all replicas, and says in headers how many are left. */
export function limitOf(ctx: Context, kind: keyof typeof perMinute): RequestHandler {
  return rateLimit({
    windowMs: period,
    limit: perMinute[kind],
    identifier: kind,
    keyGenerator: (_req, res) => userOf(res).name,
    store: new SharedCounters(ctx.values, `api-${kind}`, period),
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    // They judge the configuration, by printing; tests do that here.
    validate: false,
    handler: (_req, _res, next) => {
      // Retry-After is set by then.
      next(
        new RefusedError(
          429,
          `No more than ${perMinute[kind]} ${kind} a minute. Wait as long as Retry-After says.`,
        ),
      )
    },
  })
}
