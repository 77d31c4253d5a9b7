import { promisify } from 'node:util'
import type { Request, RequestHandler, Response } from 'express'
import session from 'express-session'
import { hours } from '../lib/durations'
import { findUser, type User } from '../ledger/users'
import type { Context } from './context'
import { SessionStore } from './session-store'

/** A session ends this long after its last request, and this long after its login whatever happens. */
const idle = hours(2)
const absolute = hours(12)

/** The name binds the cookie to this host and to HTTPS where there is HTTPS. */
const cookieName = (ctx: Context): string => (ctx.secureCookies ? '__Host-syncfleet' : 'syncfleet')

const cookieOptions = (ctx: Context) =>
  ({ path: '/', httpOnly: true, sameSite: 'lax', secure: ctx.secureCookies }) as const

/** Gives every request its session. No cookie is sent before somebody logs in. */
export const sessions = (ctx: Context): RequestHandler =>
  session({
    name: cookieName(ctx),
    secret: ctx.sessionSecret,
    store: new SessionStore(ctx.values, idle),
    resave: false,
    saveUninitialized: false,
    cookie: cookieOptions(ctx),
  })

/**
 * Finds out who asks, anew with every request: a user who was removed, or whose role or password changed, is out at once.
 */
export const identify =
  (ctx: Context): RequestHandler =>
  async (req, res, next) => {
    const { login } = req.session
    if (login && ctx.clock().getTime() - login.at < absolute) {
      const user = await findUser(ctx.database, login.name)
      if (user && versionOf(user) === login.userVersion) res.locals['user'] = user
    }
    next()
  }

/** Who is logged in; undefined where nobody is. */
export const visitor = (res: Response): User | undefined => res.locals['user'] as User | undefined

/** Who is logged in, on a route that asks for a role. */
export function userOf(res: Response): User {
  const user = visitor(res)
  if (!user) throw new Error('this route answers without login')
  return user
}

/** Starts a session for the user under a new id: one that an attacker may have planted before is worth nothing. */
export async function logIn(ctx: Context, req: Request, user: User): Promise<void> {
  await promisify(req.session.regenerate.bind(req.session))()
  req.session.login = { name: user.name, at: ctx.clock().getTime(), userVersion: versionOf(user) }
  await promisify(req.session.save.bind(req.session))()
}

/** Ends the session on the server, then drops the cookie. */
export async function logOut(ctx: Context, req: Request, res: Response): Promise<void> {
  await promisify(req.session.destroy.bind(req.session))()
  res.clearCookie(cookieName(ctx), cookieOptions(ctx))
}

const versionOf = (user: User): string => user.updatedAt.toISOString()
