import type { RequestHandler } from 'express'
import helmet from 'helmet'
import type { Context } from './context'

/** Nothing but what this server itself sends; no frame around it, no form that leads elsewhere. */
const ownPages = {
  'default-src': ["'none'"],
  'script-src': ["'self'"],
  'style-src': ["'self'"],
  'img-src': ["'self'"],
  'connect-src': ["'self'"],
  'form-action': ["'self'"],
  'frame-ancestors': ["'none'"],
  'base-uri': ["'none'"],
}

/** Bull Board's page names its own base, styles its elements inline, and its style sheet holds small images. */
const bullBoardPage = {
  ...ownPages,
  'style-src': ["'self'", "'unsafe-inline'"],
  'img-src': ["'self'", 'data:'],
  'base-uri': ["'self'"],
}

/** Headers that tell browsers what a page may do, and caches to keep none of it. */
export const securityHeaders = (ctx: Context): RequestHandler => {
  const of = (directives: Record<string, string[]>) =>
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: { ...directives, ...(ctx.secureCookies ? { 'upgrade-insecure-requests': [] } : {}) },
      },
      strictTransportSecurity: ctx.secureCookies,
      // With `no-referrer` browsers send `Origin: null`, and our own forms would look like another site's.
      referrerPolicy: { policy: 'same-origin' },
    })
  const own = of(ownPages)
  const board = of(bullBoardPage)
  return (req, res, next) => {
    res.set('Cache-Control', 'no-store')
    const headers = req.path === '/queues' || req.path.startsWith('/queues/') ? board : own
    headers(req, res, next)
  }
}
