import { type ActedBy, recordAct } from '../../ledger/audit'
import type { BackfillState } from '../../ledger/backfills/backfills'
import { type BackfillOrder, orderBackfill } from '../backfills/backfill-work'
import type { ActTools } from './act-tools'
import { givenReason } from './reasons'

/** Who pauses, resumes or cancels a backfill, and why. */
export interface ChangeOrder {
  readonly by: ActedBy
  readonly reason?: string
}

/** Pauses, resumes or cancels a backfill, with its row in the audit log. Returns the state that it has then. */
export async function changeBackfill(
  { database }: Pick<ActTools, 'database'>,
  backfillId: string,
  order: BackfillOrder,
  { by, reason: given }: ChangeOrder,
): Promise<BackfillState> {
  const reason = givenReason(given)
  return database.transaction(async (sql) => {
    const { before, after } = await orderBackfill(sql, backfillId, order)
    await recordAct(sql, {
      ...by,
      ...(reason === undefined ? {} : { reason }),
      action: `${order} backfill`,
      subject: `backfill ${backfillId}`,
      before: { state: before },
      after: { state: after },
      outcome: 'done',
    })
    return after
  })
}
