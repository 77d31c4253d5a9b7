import { accountAccess } from '../../ledger/accounts/account-access'
import { recordAct } from '../../ledger/audit'
import { seconds } from '../../lib/durations'
import type { AccountVerdict } from '../../runs/accounts/check-accounts'
import { accountOf } from '../account-of'
import { actedBy } from '../acted-by'
import type { Route } from '../context'
import { RefusedError } from '../errors'
import { accountPage } from '../links'
import { formPost } from './form-post'

/** A person waits for the answer. */
const patience = seconds(45)

/** Asks the vendor whether an account and its credential work. It parks and un-parks nothing. */
export const submitCheck: Route = formPost(async (ctx, req, res) => {
  const { account } = await accountOf(ctx, req)
  const chosen = await accountAccess(ctx.database, { ids: [account.id] })
  const late = AbortSignal.timeout(patience)
  let verdict: AccountVerdict | undefined
  try {
    for await (const each of ctx.checkAccounts(chosen, AbortSignal.any([ctx.tools.signal, late])))
      verdict = each
  } catch (error) {
    if (!late.aborted) throw error
  }
  await recordAct(ctx.database, {
    ...actedBy(req, res),
    action: 'check account',
    subject: `account ${account.id}`,
    after: { ok: verdict?.ok ?? null },
    outcome: 'done',
  })
  return { to: accountPage(account.id), text: verdictInWords(account.id, verdict) }
})

function verdictInWords(id: string, verdict: AccountVerdict | undefined): string {
  if (!verdict)
    throw new RefusedError(
      400,
      `The vendor has not answered for account ${id} in ${patience / seconds(1)} s.`,
    )
  const { ok, name, findings } = verdict
  const said = [ok ? 'it works' : undefined, ...findings].filter((part) => part !== undefined).join('; ')
  return `Account ${id}${name === undefined ? '' : ` (${name})`}: ${said}.`
}
