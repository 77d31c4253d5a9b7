import { z } from 'zod'
import { rereadAccount } from '../../runs/control/reread-account'
import { accountOf } from '../account-of'
import { actedBy } from '../acted-by'
import type { Route } from '../context'
import { accountPage } from '../links'
import { begun } from './backfill'
import { Reason, whole } from './fields'
import { formPost, readForm } from './form-post'

const Form = z.object({ days: whole(1, 3660), reason: Reason })

/** Reads the last days of one account again, today in its zone included. */
export const submitReread: Route = formPost(async (ctx, req, res) => {
  const { account, job } = await accountOf(ctx, req)
  const { days, reason } = readForm(Form, req.body)
  const made = await rereadAccount(ctx.tools, job, account.id, { by: actedBy(req, res), days, ...reason })
  return begun(job, made, accountPage(account.id))
})
