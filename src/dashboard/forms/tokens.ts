import express, { type Request, type Response } from 'express'
import { z } from 'zod'
import { postgresTime } from '../../ledger/postgres/time'
import { roles } from '../../ledger/users'
import { days } from '../../lib/durations'
import { createToken, longestTokenDays, revokeToken } from '../../runs/control/tokens'
import { actedBy } from '../acted-by'
import { formBody } from '../bodies'
import type { Route } from '../context'
import { sendPage } from '../layout'
import { newTokenPage } from '../pages/tokens'
import { userOf } from '../session'
import { Typed, whole } from './fields'
import { formPost, readForm } from './form-post'

const Form = z.object({ name: Typed, role: z.enum(roles), days: whole(1, longestTokenDays) })

/** Creates a token, and answers with its text: no other page can, for it is kept nowhere. */
export const submitToken: Route = (ctx) =>
  express.Router().use(...formBody, async (req: Request, res: Response) => {
    const form = readForm(Form, req.body)
    const until = new Date((await postgresTime(ctx.database)).getTime() + days(form.days))
    const order = { name: form.name, role: form.role, until, creatorRole: userOf(res).role }
    const token = await createToken(ctx.tools, order, actedBy(req, res))
    await sendPage(ctx, req, res, { title: `Token ${token.name}`, main: newTokenPage(ctx, token) })
  })

/** Revokes a token. */
export const submitRevocation: Route = formPost(async (ctx, req, res) => {
  const { name } = await revokeToken(ctx.tools, String(req.params['name']), actedBy(req, res))
  return { to: '/users#tokens', text: `Token ${name} lets nobody in any more.` }
})
