import type express from 'express'
import { api, apiPath, routeOf } from '../../src/dashboard/api/api'
import { operations } from '../../src/dashboard/api/operations'
import { accessTo, decidedRoutes } from '../../src/dashboard/bull-board/access'
import { monitorRoutes, openRoutes, routes } from '../../src/dashboard/routes'
import { isAtLeast, roles, type Role } from '../../src/ledger/users'
import { type Caller, callers, type Callers } from '../support/callers'
import { testDashboard, type TestDashboard } from '../support/dashboard'

/** Something that can be asked for, and who may: nobody, where there is no role. */
interface Entry {
  readonly method: string
  readonly path: string
  readonly role: Role | undefined
  readonly mediaType: string
}

/** Answer whoever asks: with a bare status, a token of their own, or the way in. */
const open = ['get /healthz', 'get /readyz', 'get /metrics', 'get /login', 'post /login', 'get /assets/:name']

const form = 'application/x-www-form-urlencoded'
const json = 'application/json'
const nameOf = ({ method, path }: Pick<Entry, 'method' | 'path'>): string => `${method} ${path}`

const pages: readonly Entry[] = routes.map(({ method, path, role }) => ({
  method: method === 'all' ? 'get' : method,
  path,
  role,
  mediaType: form,
}))
const offered: readonly Entry[] = [
  ...operations.map(({ method, path, role }) => ({ method, path: apiPath + routeOf(path), role })),
  { method: 'get', path: apiPath, role: 'viewer' as const },
  { method: 'get', path: `${apiPath}/openapi.json`, role: 'viewer' as const },
].map((entry) => ({ ...entry, mediaType: json }))
const board: readonly Entry[] = decidedRoutes.map((decided) => {
  const [method = '', path = ''] = decided.split(' ')
  const access = accessTo(method, path)
  return {
    method,
    path: `/queues${path}`,
    role: 'atLeast' in access ? access.atLeast : undefined,
    mediaType: json,
  }
})

/** They end the session that asks. */
const isFarewell = ({ path }: Entry): boolean => path === '/logout' || path === '/me/log-out'
const isWrite = ({ method }: Entry): boolean => method !== 'get'

/** Names that fit nothing: who may ask finds nothing to be done. */
const inert = (path: string): string =>
  path
    .replace(':queueName', 'no-such-queue')
    .replace(':queueStatus', 'failed')
    .replace(':setting', 'rate')
    .replaceAll(/:(job|client|name|user|token|schedulerId)\b/g, 'no-such-thing')
    .replaceAll(/:\w+/g, '999999999')

async function ask({ url }: TestDashboard, entry: Entry, { headers, role }: Caller) {
  const hasBody = isWrite(entry) && entry.method !== 'delete'
  const answer = await fetch(url + inert(entry.path), {
    method: entry.method.toUpperCase(),
    headers: { ...headers, ...(hasBody ? { 'Content-Type': entry.mediaType } : {}) },
    redirect: 'manual',
    ...(hasBody ? { body: entry.mediaType === json ? '{}' : '' } : {}),
  })
  await answer.arrayBuffer()
  const isSentToLogin = answer.status === 303 && answer.headers.get('location')?.startsWith('/login') === true
  // After many wrong tokens their sender is told to wait.
  const refusals = role === undefined ? [401, 403, 429] : [401, 403]
  return { status: answer.status, isLetIn: !isSentToLogin && !refusals.includes(answer.status) }
}

/** Asks for every entry, a few at a time, and tells of those that were answered otherwise than they should be. */
async function wrongAnswers(
  dashboard: TestDashboard,
  entries: readonly Entry[],
  caller: Caller,
  mayPass: (entry: Entry) => boolean,
): Promise<string[]> {
  const wrong: string[] = []
  const waiting = [...entries]
  const work = async (): Promise<void> => {
    for (let entry = waiting.shift(); entry; entry = waiting.shift()) {
      const { status, isLetIn } = await ask(dashboard, entry, caller)
      if (isLetIn !== mayPass(entry) || status >= 500)
        wrong.push(`${caller.name}: ${nameOf(entry)} was answered with ${status}`)
    }
  }
  await Promise.all(Array.from({ length: 6 }, work))
  return wrong
}

const has =
  ({ role }: Caller) =>
  (entry: Entry): boolean =>
    role !== undefined && entry.role !== undefined && isAtLeast(role, entry.role)
const never = () => false

const thingsDone = async ({ database }: TestDashboard): Promise<string[]> => {
  const { rows } = await database.query<{ done: string }>(
    `select actor || ': ' || action || ' ' || subject as done from audit_log where outcome in ('done', 'asked') order by id`,
  )
  return rows.map(({ done }) => done)
}

/** Asks all who may not, of whom nothing may come, then all who may; tells of wrong answers. */
async function matrix(
  dashboard: TestDashboard,
  entries: readonly Entry[],
  { strangers, foreign, known }: Pick<Callers, 'strangers' | 'foreign'> & { known: readonly Caller[] },
): Promise<string[]> {
  const wrong: string[] = []
  const before = await thingsDone(dashboard)
  for (const stranger of strangers) wrong.push(...(await wrongAnswers(dashboard, entries, stranger, never)))
  wrong.push(...(await wrongAnswers(dashboard, entries.filter(isWrite), foreign, never)))
  for (const caller of known) {
    const mayNot = entries.filter((entry) => !has(caller)(entry))
    wrong.push(...(await wrongAnswers(dashboard, mayNot, caller, never)))
  }
  expect(await thingsDone(dashboard)).toEqual(before)
  for (const caller of known)
    wrong.push(...(await wrongAnswers(dashboard, entries.filter(has(caller)), caller, has(caller))))
  return wrong
}

describe('every route', () => {
  test('stands in a table that says who may', async () => {
    await using dashboard = await testDashboard()
    const registered = (router: express.Router): string[] =>
      router.stack.flatMap(({ route }) => {
        if (!route) return []
        const methods = new Set(route.stack.map((layer) => layer.method))
        return [...methods].map((method) => `${method} ${route.path}`)
      })
    const tables = [...monitorRoutes, ...openRoutes, ...routes].filter(({ method }) => method !== 'all')
    expect(registered(dashboard.app.router as express.Router).toSorted()).toEqual(
      tables.map(nameOf).toSorted(),
    )
    expect([...monitorRoutes, ...openRoutes].map(nameOf)).toEqual(open)
    const ofApi = registered(api(dashboard.ctx)).filter((route) => !route.startsWith('undefined '))
    expect(ofApi.map((route) => route.replace(' ', ` ${apiPath}`).replace(/\/$/, '')).toSorted()).toEqual(
      offered.map(nameOf).toSorted(),
    )
  })

  test('of pages and forms is open to whoever has its role, and to nobody else', async () => {
    await using everybody = await callers()
    const { dashboard, strangers, foreign, bySession, byToken, session } = everybody
    const staying = pages.filter((entry) => !isFarewell(entry))
    const all = { strangers: [...strangers, ...byToken.slice(-1)], foreign, known: bySession }
    expect(await matrix(dashboard, staying, all)).toEqual([])
    for (const entry of pages.filter(isFarewell)) {
      for (const stranger of [...all.strangers, foreign])
        expect((await ask(dashboard, entry, stranger)).isLetIn).toBe(false)
      // To be sent to the login page is what they ask for.
      for (const role of roles) expect((await ask(dashboard, entry, await session(role))).status).toBe(303)
    }
  })

  test('of the API is open to whoever has its role, by session or token, and to nobody else', async () => {
    await using everybody = await callers()
    const { dashboard, strangers, foreign, bySession, byToken, revokedBeside } = everybody
    const all = { strangers: [...strangers, revokedBeside], foreign, known: [...bySession, ...byToken] }
    expect(await matrix(dashboard, offered, all)).toEqual([])
  })

  test('of Bull Board is open to whoever has its role, and to nobody else', async () => {
    await using everybody = await callers()
    const { dashboard, strangers, foreign, bySession, byToken } = everybody
    const all = { strangers: [...strangers, ...byToken.slice(-1)], foreign, known: bySession }
    expect(await matrix(dashboard, board, all)).toEqual([])
  })
})
