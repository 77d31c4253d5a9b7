import { checkAccount } from '../../runs/accounts/check-account'
import { accountOf } from '../account-of'
import { actedBy } from '../acted-by'
import type { Route } from '../context'
import { accountPage } from '../links'
import { formPost } from './form-post'

/** Asks the vendor whether an account and its credential work. It parks and un-parks nothing. */
export const submitCheck: Route = formPost(async (ctx, req, res) => {
  const { account } = await accountOf(ctx, req)
  const asking = { by: actedBy(req, res), ask: ctx.checkAccounts }
  const { ok, name, findings } = await checkAccount(ctx.tools, account.id, asking)
  const said = [ok ? 'it works' : undefined, ...findings].filter((part) => part !== undefined).join('; ')
  return {
    to: accountPage(account.id),
    text: `Account ${account.id}${name === undefined ? '' : ` (${name})`}: ${said}.`,
  }
})
