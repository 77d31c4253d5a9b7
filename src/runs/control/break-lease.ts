import { type ActedBy, recordAct } from '../../ledger/audit'
import { findAccount } from '../../ledger/accounts/accounts'
import { takeFence } from '../../ledger/work/take-fence'
import { ActRefusedError } from './act-refused'
import type { ActTools } from './act-tools'
import { expectReason } from './reasons'

/** Who takes an account's lease from its holder, and why. */
export interface BreakOrder {
  readonly by: ActedBy
  readonly reason: string
}

/**
 * Takes an account from the attempt that works on it: its lease, so that it stops, and its fence, so that it writes nothing more
 * even if it does not. The sync goes on by itself with another attempt, at its position. Returns the sync's id.
 */
export async function breakLease(
  { database, queues }: ActTools,
  accountId: string,
  { by, reason: given }: BreakOrder,
): Promise<{ readonly syncId: string }> {
  const reason = expectReason(given)
  const { breakLease: take } = await queues()
  return database.transaction(async (sql) => {
    const account = await findAccount(sql, accountId)
    if (!account) throw new ActRefusedError('not-found', `there is no account ${accountId}`)
    const syncId = await take(accountId)
    if (syncId === undefined)
      throw new ActRefusedError('conflict', `nobody holds the lease of account ${accountId}`)
    await takeFence(database, sql, { syncId, accountId })
    await recordAct(sql, {
      ...by,
      action: 'break lease',
      subject: `account ${accountId}`,
      before: { sync: syncId },
      after: { client: account.client, job: account.job },
      reason,
      outcome: 'done',
    })
    return { syncId }
  })
}
