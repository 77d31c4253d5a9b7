import { createHash } from 'node:crypto'
import express, { type RequestHandler } from 'express'
import { type ApiToken, findToken } from '../../ledger/api-tokens'
import { recordAct } from '../../ledger/audit'
import { sameOriginWrites } from '../access'
import type { Context } from '../context'
import { RefusedError } from '../errors'
import { addressOf, limitFailures } from '../failure-limit'
import { wantsPage } from '../requests'
import { identify, sessions, visitor } from '../session'

/** How many of an address' requests within a quarter of an hour may bring a token that lets nobody in. */
export const wrongTokens = 50

/**
 * Lets through who brings a valid token, or is logged in. A request with an `Authorization` header is its token's alone: cookies
 * beside it count for nothing. All others are those of browsers, and their writes must come from the dashboard's own pages.
 */
export const authenticate = (ctx: Context): RequestHandler => {
  const asBrowser = express.Router().use(sessions(ctx), identify(ctx), sameOriginWrites, requireSession)
  const asProgram = byToken(ctx)
  return (req, res, next) => (req.headers.authorization === undefined ? asBrowser : asProgram)(req, res, next)
}

const challenge = 'Bearer realm="syncfleet"'

const requireSession: RequestHandler = (req, res, next) => {
  if (visitor(res)) return next()
  if (wantsPage(req)) return res.redirect(303, `/login?to=${encodeURIComponent(req.originalUrl)}`)
  res.set('WWW-Authenticate', challenge)
  throw new RefusedError(401, 'This needs an API token, as in `Authorization: Bearer sft_…`, or a login.')
}

const byToken = (ctx: Context): RequestHandler => {
  const refuse = express.Router().use(throttleTokens(ctx), refuseToken)
  return async (req, res, next) => {
    const token = await presented(ctx, req.headers.authorization ?? '')
    // Only now: wrong tokens never shut out a valid one from the same address.
    if (!token) {
      refuse(req, res, next)
      return
    }
    // No name of a user has a colon in it.
    res.locals['user'] = { name: `token:${token.name}`, role: token.role }
    next()
  }
}

/** Tells an address to wait that brings token after token that lets nobody in. */
const throttleTokens = (ctx: Context): RequestHandler =>
  limitFailures(ctx, {
    space: 'token-failures:address',
    limit: wrongTokens,
    keyOf: addressOf,
    message: 'Too many API tokens that are unknown, expired or revoked. Wait a quarter of an hour.',
    record: async (req) =>
      recordAct(ctx.database, {
        actor: 'not logged in',
        via: 'api',
        origin: req.ip ?? 'unknown',
        action: 'use a token',
        subject: 'an unknown token',
        reason: 'too many tokens that let nobody in: this address is told to wait for a quarter of an hour',
        outcome: 'refused',
      }),
  })

const refuseToken: RequestHandler = (_req, res) => {
  res.set('WWW-Authenticate', `${challenge}, error="invalid_token"`)
  throw new RefusedError(401, 'This API token is unknown, has expired or was revoked.')
}

/** The token that a header brings, where it lets somebody in. What cannot be one costs no query. */
async function presented({ database }: Context, header: string): Promise<ApiToken | undefined> {
  const [, text] = /^Bearer +(sft_[\w-]{43})$/i.exec(header) ?? []
  return text === undefined ? undefined : findToken(database, createHash('sha256').update(text).digest())
}
