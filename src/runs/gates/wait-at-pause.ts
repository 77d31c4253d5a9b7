import { pauseInWords, pausesOver } from '../../ledger/control/pauses'
import type { ClaimedAccount } from '../../ledger/work/fences'
import { postponeSync } from '../../ledger/work/sync-states'
import { recordWait } from '../../ledger/work/sync-waits'
import { isOpen, lockSync, type SyncRow } from '../../ledger/work/syncs'
import { seconds } from '../../lib/durations'
import type { Sql } from '../../lib/sql'

/** A pause that somebody ends early must not keep syncs waiting for long. */
const lookAgainWithin = seconds(15)
const lookAgainAfter = seconds(1)

/**
 * Has a sync of a locked account wait that is paused: milliseconds until it looks again, and the ledger says for what. Undefined
 * where the pause is over by now.
 */
export async function waitAtPause(
  sql: Sql,
  { id: accountId, now }: ClaimedAccount,
  { id: syncId, job }: SyncRow,
): Promise<number | undefined> {
  if (!isOpen(await lockSync(sql, syncId))) return undefined
  const [pause] = await pausesOver(sql, job, [accountId])
  if (!pause) return undefined
  const left = pause.until ? Math.max(lookAgainAfter, pause.until.getTime() - now.getTime()) : lookAgainWithin
  const waits = Math.min(lookAgainWithin, left)
  const reason = pauseInWords(pause)
  await postponeSync(sql, syncId, reason, waits)
  await recordWait(sql, { syncId, kind: 'pause', reason })
  return waits
}
