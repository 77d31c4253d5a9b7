import type { RequestHandler } from 'express'
import { isAtLeast, type Role } from '../ledger/users'
import { RefusedError } from './errors'
import { wantsPage } from './requests'
import { userOf, visitor } from './session'

/** Sends people to the login page and tells programs 401; lets through who is logged in. */
export const requireLogin: RequestHandler = (req, res, next) => {
  if (visitor(res)) return next()
  if (wantsPage(req)) return res.redirect(303, `/login?to=${encodeURIComponent(req.originalUrl)}`)
  res.status(401).json({ error: 'log in first' })
}

/** Lets through who has the role, or one that includes it. */
export const requireRole =
  (needed: Role): RequestHandler =>
  (_req, res, next) => {
    const { name, role } = userOf(res)
    if (!isAtLeast(role, needed)) {
      throw new RefusedError(403, `this needs the role ${needed}; ${name} is ${role}`)
    }
    next()
  }

/**
 * Refuses writes that another site may have sent with our user's cookie. Browsers say where a request comes from:
 * `Sec-Fetch-Site` over HTTPS and on localhost, else `Origin`. A write that says neither is refused too.
 */
export const sameOriginWrites: RequestHandler = (req, _res, next) => {
  if (req.method === 'GET' || req.method === 'HEAD') return next()
  const site = req.headers['sec-fetch-site']
  const isOurs = site === undefined ? isOurOrigin(req.headers.origin, req.host) : site === 'same-origin'
  if (isOurs) return next()
  throw new RefusedError(
    403,
    'a change must be sent from the dashboard itself',
    `sent from ${req.headers.origin ?? site ?? 'an unnamed origin'}`,
  )
}

/** Refuses bodies of other media types: a form on another site can send text, but no JSON. */
export const bodyOf =
  (mediaType: string): RequestHandler =>
  (req, _res, next) => {
    // Browsers send a length of 0 with a PUT that has no body.
    const hasBody = req.headers['content-length'] !== '0'
    if (hasBody && req.is(mediaType) === false) throw new RefusedError(415, `a body must be ${mediaType}`)
    next()
  }

function isOurOrigin(origin: string | undefined, host: string | undefined): boolean {
  return origin !== undefined && URL.canParse(origin) && new URL(origin).host === host
}
