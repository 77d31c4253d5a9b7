import { z } from 'zod'
import { breakLease } from '../../runs/control/break-lease'
import { accountOf } from '../account-of'
import { actedBy } from '../acted-by'
import type { Route } from '../context'
import { accountPage } from '../links'
import { Reason } from './fields'
import { formPost, readForm } from './form-post'

const Form = z.object({ reason: Reason })

/** Takes an account's lease from whoever has it. */
export const submitLeaseBreak: Route = formPost(async (ctx, req, res) => {
  const { account } = await accountOf(ctx, req)
  const { reason } = readForm(Form, req.body)
  const { syncId } = await breakLease(ctx.tools, account.id, {
    by: actedBy(req, res),
    reason: reason.reason ?? '',
  })
  return {
    to: accountPage(account.id),
    text: `Sync ${syncId} has lost the lease of account ${account.id}; it goes on by itself with another attempt.`,
  }
})
