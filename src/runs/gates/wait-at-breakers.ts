import { letThrough, lockOpenBreakers } from '../../ledger/gates/breakers'
import type { ClaimedAccount } from '../../ledger/work/fences'
import { postponeSync } from '../../ledger/work/sync-states'
import { recordWait } from '../../ledger/work/sync-waits'
import { isOpen, lockSync, type SyncRow } from '../../ledger/work/syncs'
import { minutes, seconds } from '../../lib/durations'
import type { Sql } from '../../lib/sql'
import type { BreakerRules } from './breaker'
import { probePause } from './probe-pause'

/** A breaker that closes early must not keep syncs waiting for long. */
const lookAgainWithin = minutes(1)
const lookAgainAfter = seconds(1)

/**
 * Passes the open breakers of a locked account, or has the sync wait: milliseconds until it looks again, and the ledger says for
 * what. Of all that come to a breaker when its time is over, one passes.
 */
export async function waitAtBreakers(
  sql: Sql,
  { id: accountId, credentialId }: ClaimedAccount,
  { id: syncId }: SyncRow,
  rules: BreakerRules,
): Promise<number | undefined> {
  const sync = await lockSync(sql, syncId)
  if (!isOpen(sync)) return undefined
  const open = await lockOpenBreakers(sql, { accountId, credentialId })
  const shut = open.filter(
    ({ probeIn, probingSync }) => probingSync !== syncId && (probingSync !== null || probeIn > 0),
  )
  const [first] = shut.toSorted((one, other) => other.probeIn - one.probeIn)
  if (first) {
    const waits = Math.min(lookAgainWithin, Math.max(lookAgainAfter, Math.ceil(first.probeIn)))
    await postponeSync(sql, syncId, first.told, waits)
    await recordWait(sql, { syncId, kind: 'breaker', reason: first.told })
    return waits
  }
  for (const breaker of open)
    if (breaker.probingSync !== syncId)
      await letThrough(sql, breaker, syncId, probePause(rules.probes, breaker.openings))
  return undefined
}
