import { z } from 'zod'
import { findUser } from '../../ledger/users'
import { minutes } from '../../lib/durations'
import { ActRefusedError } from '../../runs/control/act-refused'
import { endSessions, setPassword } from '../../runs/control/users'
import { actedBy } from '../acted-by'
import type { Context, Route } from '../context'
import { RefusedError } from '../errors'
import { logIn, userOf } from '../session'
import { formPost, readForm } from './form-post'

const Form = z.object({
  present_password: z.string().max(1000),
  password: z.string().min(1, 'expected a password'),
})

/** Wrong tries at the present password in a quarter of an hour: whoever sits at another's open session may guess. */
const mostTries = 10

/** Gives whoever is logged in another password. This session goes on; all others of theirs end. */
export const submitMyPassword: Route = formPost(async (ctx, req, res) => {
  const { name } = userOf(res)
  const { present_password: present, password } = readForm(Form, req.body)
  await checkPresent(ctx, name, present)
  await setPassword(ctx.tools, name, password, {
    by: actedBy(req, res),
    hash: async (text) => ctx.passwords.hash(text),
  })
  const changed = await findUser(ctx.database, name)
  if (!changed) throw new ActRefusedError('not-found', `${name} is no user any more.`)
  await logIn(ctx, req, changed)
  return { to: '/me', text: 'Your password is changed. You are logged out everywhere else.' }
})

/** Ends all sessions of whoever is logged in, this one included. */
export const submitMyLogOut: Route = formPost(async (ctx, req, res) => {
  await endSessions(ctx.tools, userOf(res).name, { by: actedBy(req, res) })
  return { to: '/', text: 'You were logged out everywhere.' }
})

async function checkPresent(ctx: Context, name: string, present: string): Promise<void> {
  const tries = `present-password:${name}`
  const { count } = await ctx.values.count(tries, minutes(15))
  if (count > mostTries)
    throw new RefusedError(429, 'Too many wrong passwords. Wait a quarter of an hour and try again.')
  const user = await findUser(ctx.database, name)
  if (!(await ctx.passwords.verify(present, user?.passwordHash)))
    throw new ActRefusedError('invalid', 'The present password is another one.')
  await ctx.values.delete(tries)
}
