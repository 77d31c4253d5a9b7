import { FenceLostError } from '../../job/errors'
import { endCancelled } from '../../ledger/work/cancellations'
import { holdFence } from '../../ledger/work/fences'
import { lockRun, settleRun } from '../../ledger/work/runs'
import type { Sql } from '../../lib/sql'
import type { Claim } from '../attempt/claim-sync'
import type { Conclusion } from '../attempt/conclude-attempt'

/**
 * Ends an attempt at a sync that somebody cancelled, and the sync with it, under the attempt's fence.
 * Throws FenceLostError where somebody else has ended it meanwhile.
 */
export async function concludeCancelled(
  sql: Sql,
  { sync, account, fence, tally }: Claim,
): Promise<Conclusion> {
  await holdFence(sql, account.id, fence)
  await lockRun(sql, sync.runId)
  const ended = await endCancelled(sql, [sync.id], tally)
  if (ended.length === 0) throw new FenceLostError(`sync ${sync.id} was ended by somebody else`)
  const settledRun = await settleRun(sql, sync.runId)
  return { state: 'cancelled', outcome: 'cancelled', ...(settledRun ? { settledRun } : {}) }
}
