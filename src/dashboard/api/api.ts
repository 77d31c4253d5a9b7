import express, { type RequestHandler, type Router } from 'express'
import { bodyOf, requireRole } from '../access'
import { actedBy } from '../acted-by'
import { jsonBody } from '../bodies'
import type { Context } from '../context'
import { RefusedError } from '../errors'
import { naming } from '../refusals'
import { userOf } from '../session'
import { authenticate } from './authenticate'
import { limitOf } from './limits'
import { openApiDocument } from './openapi'
import type { Operation } from './operation'
import { operations } from './operations'
import { referencePage } from './reference'
import { requestKeyOf } from './request-key'

/** Where the API is. */
export const apiPath = '/api/v1'

/** The API: its operations, the document that describes them, and a page to read about them. It logs in by itself. */
export function api(ctx: Context): Router {
  const router = express.Router()
  const reads = limitOf(ctx, 'reads')
  const acts = limitOf(ctx, 'acts')
  router.use(authenticate(ctx))
  router.use((req, res, next) =>
    (req.method === 'GET' || req.method === 'HEAD' ? reads : acts)(req, res, next),
  )
  router.get('/', requireRole('viewer'), referencePage(ctx))
  const document = JSON.stringify(openApiDocument())
  router.get('/openapi.json', requireRole('viewer'), (_req, res) => {
    res.type('json').send(document)
  })
  for (const operation of operations)
    router[operation.method](routeOf(operation.path), ...stepsOf(operation), answer(ctx, operation))
  for (const path of new Set(operations.map((operation) => operation.path)))
    router.all(routeOf(path), notOffered(path))
  router.use((req) => {
    throw new RefusedError(
      404,
      `There is nothing at ${req.originalUrl.split('?')[0]}; ${apiPath} lists what there is.`,
    )
  })
  return router
}

/** `/jobs/{job}` as Express writes it. */
export const routeOf = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1')

const json = 'application/json'

/** The role comes first: nobody learns from an error about a body what they may not do. */
function stepsOf({ id, method, role }: Operation): RequestHandler[] {
  const words = id.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)
  const check = [naming(words), requireRole(role)]
  return method === 'get' ? check : [...check, bodyOf(json), jsonBody('64kb')]
}

const answer =
  (ctx: Context, operation: Operation): RequestHandler =>
  async (req, res) => {
    const key = operation.isIdempotent ? requestKeyOf(req, userOf(res).name) : undefined
    const given = { params: req.params, query: req.query, body: (req.body as unknown) ?? {} }
    const found = await operation.perform(ctx, given, {
      by: actedBy(req, res),
      role: userOf(res).role,
      ...(key === undefined ? {} : { requestKey: key }),
    })
    const next = nextOf(found)
    if (next !== undefined) res.links({ next: nextAddress(req.originalUrl, next) })
    res.status(operation.status).json(found)
  }

function nextOf(found: unknown): string | undefined {
  const { next } = found as { readonly next?: unknown }
  return typeof next === 'string' ? next : undefined
}

/** The address of the same list from there on. */
function nextAddress(address: string, next: string): string {
  const [path = '', query = ''] = address.split('?')
  const fields = new URLSearchParams(query)
  fields.set('after', next)
  return `${path}?${fields.toString()}`
}

/** What is at a path takes other methods. */
function notOffered(path: string): RequestHandler {
  const methods = operations
    .filter((operation) => operation.path === path)
    .map(({ method }) => method.toUpperCase())
  return (req, res) => {
    res.set('Allow', methods.join(', '))
    throw new RefusedError(405, `${req.method} is not offered here; expected ${methods.join(' or ')}.`)
  }
}
