import { randomUUID } from 'node:crypto'
import express, { type ErrorRequestHandler, type Express } from 'express'
import { StorageUnavailableError } from '../job/errors'
import { RedisUnavailableError } from '../queue/expiring-values'
import { isToldElsewhere } from '../queue/refusals'
import { ActRefusedError } from '../runs/control/act-refused'
import { errorFacts } from '../telemetry/logger'
import { api, apiPath } from './api/api'
import { answerProblem } from './api/problems'
import { requireLogin, requireRole, sameOriginWrites } from './access'
import { textAddress } from './bodies'
import type { Context, MonitorContext } from './context'
import { RefusedError, refusalStatuses } from './errors'
import { securityHeaders } from './headers'
import { messagePage } from './layout'
import { naming, recordRefusal } from './refusals'
import { wantsPage } from './requests'
import { monitorRoutes, openRoutes, routes } from './routes'
import { identify, sessions, visitor } from './session'

/** The dashboard's web application. What stands below a line that refuses is out of reach for who it refuses. */
export function createApp(ctx: Context): Express {
  const app = express()
  app.disable('x-powered-by')
  // What an address means to the audit log and to the headers is told by its beginning.
  app.set('case sensitive routing', true)
  app.set('trust proxy', ctx.secureCookies ? ['loopback', 'linklocal', 'uniquelocal'] : false)
  app.use(securityHeaders(ctx))
  for (const { method, path, handler } of monitorRoutes) app[method](path, handler(ctx))

  app.use(textAddress)
  app.use(apiPath, api(ctx))
  app.use(sessions(ctx), identify(ctx), sameOriginWrites)
  for (const { method, path, handler } of openRoutes) app[method](path, handler(ctx))

  app.use(requireLogin)
  for (const { method, path, role, act, handler } of routes) {
    app[method === 'all' ? 'use' : method](path, naming(act), requireRole(role), handler(ctx))
  }
  app.use(() => {
    throw new RefusedError(404, 'There is nothing at this address.')
  })
  app.use(answerErrors(ctx))
  return app
}

/** What answers while the process waits for Redis and the ledger: monitors get their answers, all others are told to wait. */
export function createStartingApp(ctx: MonitorContext): Express {
  const app = express()
  app.disable('x-powered-by')
  for (const { method, path, handler } of monitorRoutes) app[method](path, handler(ctx))
  app.use((_req, res) => {
    res
      .status(503)
      .set({ 'Retry-After': '5', Refresh: '5' })
      .type('text')
      .send('The dashboard is starting.\n')
  })
  return app
}

/** Any error to a status, in one place. Only refusals speak for themselves; of the others a person gets an id to quote. */
const answerErrors =
  (ctx: Context): ErrorRequestHandler =>
  async (error: unknown, req, res, next) => {
    if (res.headersSent) return next(error)
    await recordRefusal(ctx, req, res, error)
    const { status, title, message } = answerOf(ctx, error, req.path)
    res.status(status)
    if (status === 503) res.set('Retry-After', '5')
    if (req.originalUrl.startsWith('/api/')) return answerProblem(res, status, message, error)
    if (wantsPage(req) || req.is('application/x-www-form-urlencoded')) {
      res.send(messagePage(ctx, title, message, visitor(res)))
    } else {
      res.json({ error: message })
    }
  }

function answerOf(
  ctx: Context,
  error: unknown,
  path: string,
): { status: number; title: string; message: string } {
  if (error instanceof RefusedError)
    return { status: error.status, title: 'Not done', message: error.message }
  if (error instanceof ActRefusedError)
    return { status: refusalStatuses[error.refusal], title: 'Not done', message: error.message }
  if (isBadRequest(error))
    return { status: error.status, title: 'Not done', message: 'the request cannot be read' }
  const away = storeAway(error)
  if (away) return { status: 503, ...away }
  const id = randomUUID()
  ctx.logger.error('request failed', { id, path, ...errorFacts(error) })
  return { status: 500, title: 'That failed', message: `The reason is in the log under ${id}.` }
}

/** A store that is away is logged by its connection, once, and not by every request. */
function storeAway(error: unknown): { title: string; message: string } | undefined {
  if (error instanceof StorageUnavailableError && error.isOutage)
    return {
      title: 'Postgres is away',
      message: 'Nothing is lost. The dashboard goes on by itself once Postgres is back.',
    }
  if (error instanceof RedisUnavailableError || isToldElsewhere(error))
    return {
      title: 'Redis is away',
      message: 'Redis holds sessions and queues. The dashboard goes on by itself once Redis is back.',
    }
  return undefined
}

/** What Express' parsers throw for a body or an address that is the sender's fault. */
function isBadRequest(error: unknown): error is Error & { status: number } {
  const { status } = (error ?? {}) as { status?: unknown }
  return error instanceof Error && typeof status === 'number' && status >= 400 && status < 500
}
