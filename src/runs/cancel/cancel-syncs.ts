import { recordAct } from '../../ledger/audit'
import type { Database } from '../../ledger/postgres/database'
import { requestCancellations } from '../../ledger/work/cancellations'
import { stillOpen } from '../../ledger/work/open-syncs'
import { type Cancelled, type CancelOrder, type CancelTools, untilOver } from './cancel'

/** Ends several syncs, as `cancelSync` does one, under one row of the audit log about `subject`. Those that are over stay as they are. */
export async function cancelSyncs(
  database: Database,
  syncIds: readonly string[],
  subject: string,
  order: CancelOrder,
  tools: CancelTools,
): Promise<Pick<Cancelled, 'ended' | 'endedThemselves' | 'left'>> {
  const { reason = 'no reason given' } = order
  const open = await database.transaction(async (sql) => {
    const found = await stillOpen(sql, syncIds)
    await requestCancellations(sql, found, { requestedBy: order.actor, reason })
    await recordAct(sql, {
      ...order,
      action: 'cancel syncs',
      subject,
      after: { syncs: found.length },
      outcome: 'done',
    })
    return found
  })
  return untilOver(database, open, tools)
}
