import { z } from 'zod'
import { resyncAccount } from '../../runs/control/resync-account'
import { accountOf } from '../account-of'
import { actedBy } from '../acted-by'
import type { Route } from '../context'
import { accountPage } from '../links'
import { Reason, Ticked } from './fields'
import { formPost, readForm } from './form-post'

const Form = z.object({ streams: Ticked, reason: Reason })

/** Reads one account anew from the beginning. Its rows stay where they are meanwhile. */
export const submitResync: Route = formPost(async (ctx, req, res) => {
  const { account, job } = await accountOf(ctx, req)
  const { streams, reason } = readForm(Form, req.body)
  const { run } = await resyncAccount(ctx.tools, job, account.id, {
    by: actedBy(req, res),
    reason: reason.reason ?? '',
    ...(streams ? { streams } : {}),
  })
  return {
    to: accountPage(account.id),
    text: `Account ${account.id} is read anew from the beginning, by run ${run.id}; its rows stay in place meanwhile.`,
  }
})
