import type { Database } from '../../ledger/postgres/database'
import { holdFreeFences } from '../../ledger/work/fences'
import { lockRuns, settleLockedRuns } from '../../ledger/work/runs'
import { settleSyncsWell } from '../../ledger/work/sync-states'
import { Batcher } from '../../lib/batcher'
import type { Sql } from '../../lib/sql'
import { breakersClosed } from '../gates/conclude-gates'
import type { Claim } from './claim-sync'
import { concludeAttempt, type Conclusion } from './conclude-attempt'

/**
 * Settles syncs that went well, those of a job that end at the same time in one transaction. One whose account is locked by
 * somebody else, or whose fence was raised, is concluded alone, and there it turns out which of the two it is.
 * Jobs do not wait for each other: a batch waits for the locks of its runs, which a frozen worker may hold for a while.
 */
export function settleSyncs(database: Database): (claim: Claim) => Promise<Conclusion> {
  const batchers = new Map<string, Batcher<Claim, Conclusion | undefined>>()
  const batcherOf = (job: string) => {
    const batcher =
      batchers.get(job) ??
      new Batcher<Claim, Conclusion | undefined>({
        keyOf: ({ account }) => account.id,
        perform: async (claims) => database.transaction(async (sql) => settleHeld(sql, claims)),
      })
    batchers.set(job, batcher)
    return batcher
  }
  return async (claim) =>
    // What is parked and was tried is un-parked under its credential's lock, which comes before all others.
    (claim.account.parked.length === 0 ? await batcherOf(claim.sync.job).add(claim) : undefined) ??
    concludeAttempt(database, claim, { kind: 'ok' })
}

/** The conclusions of those whose fences could be held, in the order of the claims. */
async function settleHeld(sql: Sql, claims: readonly Claim[]): Promise<(Conclusion | undefined)[]> {
  const held = await holdFreeFences(
    sql,
    claims.map(({ account, fence }) => ({ accountId: account.id, fence })),
  )
  const ours = claims.filter(({ account }) => held.has(account.id))
  if (ours.length === 0) return claims.map(() => undefined)
  const runIds = [...new Set(ours.map(({ sync }) => sync.runId))]
  const [, closed, settled] = await Promise.all([
    lockRuns(sql, runIds),
    settleSyncsWell(
      sql,
      ours.map(({ sync, number, tally: { calls, limitWait }, account: { id, credentialId } }) => ({
        syncId: sync.id,
        number,
        calls,
        limitWait,
        accountId: id,
        credentialId,
      })),
    ),
    settleLockedRuns(sql, runIds),
  ])
  const changes = await breakersClosed(sql, closed)
  return claims.map(({ account, sync }) => {
    if (!held.has(account.id)) return undefined
    // The run is told of once, by whichever sync comes first.
    const index = settled.findIndex(({ id }) => id === sync.runId)
    const [settledRun] = index < 0 ? [] : settled.splice(index, 1)
    // So is a breaker.
    const gates = changes.filter(
      ({ scope, id }) => id === (scope === 'account' ? account.id : account.credentialId),
    )
    for (const change of gates) changes.splice(changes.indexOf(change), 1)
    return { state: 'ok', outcome: 'ok', gates, ...(settledRun ? { settledRun } : {}) }
  })
}
