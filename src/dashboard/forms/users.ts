import type { Request } from 'express'
import { z } from 'zod'
import { roles } from '../../ledger/users'
import { addUser, changeRole, endSessions, removeUser, setPassword } from '../../runs/control/users'
import { actedBy } from '../acted-by'
import type { Context, Route } from '../context'
import { formPost, readForm } from './form-post'
import { Typed } from './fields'

const Role = z.enum(roles)
/** As it was typed: blanks belong to it. */
const Password = z.string().min(1, 'expected a password')

const hashWith =
  ({ passwords }: Context) =>
  async (password: string): Promise<string> =>
    passwords.hash(password)

const nameOf = (req: Request): string => String(req.params['name'])

/** Adds a user. */
export const submitUser: Route = formPost(async (ctx, req, res) => {
  const given = readForm(z.object({ name: Typed, role: Role, password: Password }), req.body)
  await addUser(ctx.tools, given, { by: actedBy(req, res), hash: hashWith(ctx) })
  return { to: '/users', text: `${given.name} can log in, as ${given.role}.` }
})

/** Gives a user another role. */
export const submitRole: Route = formPost(async (ctx, req, res) => {
  const { role } = readForm(z.object({ role: Role }), req.body)
  await changeRole(ctx.tools, nameOf(req), role, { by: actedBy(req, res) })
  return { to: '/users', text: `${nameOf(req)} is ${role} now, and logged out everywhere.` }
})

/** Gives a user another password. */
export const submitUserPassword: Route = formPost(async (ctx, req, res) => {
  const { password } = readForm(z.object({ password: Password }), req.body)
  await setPassword(ctx.tools, nameOf(req), password, { by: actedBy(req, res), hash: hashWith(ctx) })
  return { to: '/users', text: `${nameOf(req)} has a new password, and is logged out everywhere.` }
})

/** Ends all sessions of a user. */
export const submitUserLogOut: Route = formPost(async (ctx, req, res) => {
  await endSessions(ctx.tools, nameOf(req), { by: actedBy(req, res) })
  return { to: '/users', text: `${nameOf(req)} is logged out everywhere.` }
})

/** Removes a user. */
export const submitRemoval: Route = formPost(async (ctx, req, res) => {
  await removeUser(ctx.tools, nameOf(req), { by: actedBy(req, res) })
  return { to: '/users', text: `${nameOf(req)} is no user any more.` }
})
