import request from 'supertest'
import { roles, type Role } from '../../src/ledger/users'
import { days, hours } from '../../src/lib/durations'
import { createToken, revokeToken } from '../../src/runs/control/tokens'
import { ownOrigin, passwordOf, testDashboard, type TestDashboard } from './dashboard'

/** Somebody who asks: what they send along, and the role that they have by it; none where it lets nobody in. */
export interface Caller {
  readonly name: string
  readonly role: Role | undefined
  readonly headers: Readonly<Record<string, string>>
}

/** A dashboard, and everybody who may ask it for something. */
export interface Callers extends AsyncDisposable {
  readonly dashboard: TestDashboard
  readonly bySession: readonly Caller[]
  /** Of an admin, as another site sends it along: it lets nobody change anything. */
  readonly foreign: Caller
  readonly byToken: readonly Caller[]
  /** Those that nobody lets in. */
  readonly strangers: readonly Caller[]
  /** An admin's session with a revoked token beside it, which is what counts at the API. */
  readonly revokedBeside: Caller
  /** A session of its own for a request that ends sessions. */
  readonly session: (role: Role) => Promise<Caller>
}

const by = { actor: 'admin', via: 'cli' } as const

export async function callers(): Promise<Callers> {
  let now = new Date(Date.now() - hours(13))
  const dashboard = await testDashboard({ clock: () => now })
  const session = async (role: Role): Promise<Caller> => ({
    name: `session of ${role}`,
    role,
    headers: { ...ownOrigin, Cookie: await cookieOf(dashboard.url, role) },
  })
  const { headers: expired } = await session('admin')
  now = new Date()
  const bySession = await Promise.all(roles.map(session))
  const byToken = await Promise.all(
    roles.map(async (role) => ({
      name: `token of ${role}`,
      role,
      headers: bearer(await tokenOf(dashboard, role)),
    })),
  )
  const admin = bySession.at(-1)?.headers ?? {}
  const strangers = [
    { name: 'nobody', headers: {} },
    { name: 'expired session', headers: expired },
    { name: 'expired token', headers: bearer(await expiredToken(dashboard)) },
    { name: 'revoked token', headers: bearer(await revokedToken(dashboard)) },
  ].map((stranger) => ({ ...stranger, role: undefined }))
  return {
    dashboard,
    bySession,
    foreign: {
      name: 'session of admin from another site',
      role: undefined,
      headers: { ...admin, 'Sec-Fetch-Site': 'cross-site', Origin: 'https://evil.example' },
    },
    byToken,
    strangers,
    revokedBeside: {
      name: 'revoked token with a session',
      role: undefined,
      headers: { ...admin, ...bearer(await revokedToken(dashboard)) },
    },
    session,
    [Symbol.asyncDispose]: async () => dashboard[Symbol.asyncDispose](),
  }
}

const bearer = (token: string) => ({ Authorization: `Bearer ${token}` })

let made = 0

/** The text of a new token. */
export async function tokenOf({ ctx }: TestDashboard, role: Role): Promise<string> {
  const name = `${role}-${(made += 1)}`
  const { token } = await createToken(ctx.tools, { name, role, until: new Date(Date.now() + days(2)) }, by)
  return token
}

async function expiredToken(dashboard: TestDashboard): Promise<string> {
  const token = await tokenOf(dashboard, 'admin')
  await dashboard.database.query(
    `update api_tokens set created_at = clock_timestamp() - interval '2 days', expires_at = clock_timestamp()
     where name = $1`,
    [`admin-${made}`],
  )
  return token
}

async function revokedToken(dashboard: TestDashboard): Promise<string> {
  const token = await tokenOf(dashboard, 'admin')
  await revokeToken(dashboard.ctx.tools, `admin-${made}`, by)
  return token
}

async function cookieOf(url: string, role: Role): Promise<string> {
  const answer = await request(url)
    .post('/login')
    .set(ownOrigin)
    .type('form')
    .send({ name: role, password: passwordOf(role) })
    .expect(303)
  return String(answer.headers['set-cookie']).split(';')[0] ?? ''
}
