import { accountAccess, type AccountAccess } from '../../ledger/accounts/account-access'
import { type ActedBy, recordAct } from '../../ledger/audit'
import { seconds } from '../../lib/durations'
import type { Sql } from '../../lib/sql'
import { ActRefusedError } from '../control/act-refused'
import type { ActTools } from '../control/act-tools'
import type { AccountVerdict } from './check-accounts'

/** Asks vendors whether accounts work, and yields what became of each, in their order. An abort rejects. */
export type AskVendors = (
  accounts: readonly AccountAccess[],
  signal: AbortSignal,
) => AsyncIterable<AccountVerdict>

/** Somebody waits for the answer. */
const patience = seconds(45)

/**
 * Asks the vendor, in somebody's name, whether an account and its credential work. It parks and un-parks nothing. Refused
 * where there is no answer within 45 s, also because syncs take all that the vendor's limits allow.
 */
export async function checkAccount(
  { database, signal }: ActTools,
  accountId: string,
  { by, ask }: { readonly by: ActedBy; readonly ask: AskVendors },
): Promise<AccountVerdict> {
  const [account] = await accountAccess(database, { ids: [accountId] })
  if (!account)
    throw new ActRefusedError(
      'not-found',
      `there is no account ${accountId}; see \`syncfleet accounts list\``,
    )
  const verdict = await verdictOf(account, ask, signal)
  await recordCheck(database, by, verdict)
  return verdict
}

/** Leaves in the audit log that somebody had an account checked, and whether it works. */
export const recordCheck = async (sql: Sql, by: ActedBy, { account, ok }: AccountVerdict): Promise<void> =>
  recordAct(sql, {
    ...by,
    action: 'check account',
    subject: `account ${account}`,
    after: { ok },
    outcome: 'done',
  })

async function verdictOf(
  account: AccountAccess,
  ask: AskVendors,
  signal: AbortSignal,
): Promise<AccountVerdict> {
  const late = AbortSignal.timeout(patience)
  try {
    for await (const verdict of ask([account], AbortSignal.any([signal, late]))) return verdict
  } catch (error) {
    if (!late.aborted) throw error
  }
  throw new ActRefusedError(
    'conflict',
    `no answer for account ${account.id} within ${patience / seconds(1)} s: its vendor is slow, or syncs use up its limits; try again later`,
  )
}
