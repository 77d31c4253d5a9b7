import type { Database } from '../../ledger/postgres/database'
import {
  endCancelled,
  forgetOverCancellations,
  lockFreeWaiting,
  pendingCancellations,
  type PendingCancellation,
} from '../../ledger/work/cancellations'
import { lockRun, type Run, settleRun } from '../../ledger/work/runs'
import { takeFence } from '../../ledger/work/take-fence'
import { seconds } from '../../lib/durations'
import type { Sql } from '../../lib/sql'

/** A worker that is well has seen that its sync is to end, and has ended it, in less. */
export const workerPatience = seconds(1.5)

const lockPatience = seconds(5)

/** What was ended. */
export interface CarriedOut {
  readonly syncs: readonly Pick<PendingCancellation, 'syncId' | 'job'>[]
  /** Those of which it was the last open sync. */
  readonly runs: readonly Run[]
}

/**
 * Ends the syncs that somebody wants to end, all or the given ones, as far as that is not their worker's to do: those that
 * wait, at once; those that are being performed, from their worker where it has not ended them in time, so that it writes
 * nothing more should it ever wake up. Safe to call from anywhere, and from several places at once.
 */
export async function carryOutCancellations(
  database: Database,
  {
    syncIds,
    patience = workerPatience,
  }: { readonly syncIds?: readonly string[]; readonly patience?: number } = {},
): Promise<CarriedOut> {
  const pending = await pendingCancellations(database, { patience, ...(syncIds ? { syncIds } : {}) })
  const ended = new Set<string>()
  const runs: Run[] = []
  const take = (outcome: { readonly ended: readonly string[]; readonly run: Run | undefined }): void => {
    for (const id of outcome.ended) ended.add(id)
    if (outcome.run) runs.push(outcome.run)
  }
  const waiting = pending.filter(({ state }) => state === 'waiting')
  for (const runId of new Set(waiting.map((sync) => sync.runId))) {
    take(
      await endWaiting(
        database,
        runId,
        waiting.filter((sync) => sync.runId === runId),
      ),
    )
  }
  const overdue = pending.filter(({ state, isOverdue }) => state === 'running' && isOverdue)
  // Each may have to wait for a transaction of its worker's that is ended first.
  for (const outcome of await Promise.all(overdue.map((sync) => endRunning(database, sync)))) take(outcome)
  await forgetOverCancellations(database)
  return { syncs: pending.filter(({ syncId }) => ended.has(syncId)), runs }
}

interface Ended {
  readonly ended: readonly string[]
  readonly run: Run | undefined
}

/** Whoever is claiming one of them just now finds out as its worker. */
async function endWaiting(
  database: Database,
  runId: string,
  syncs: readonly PendingCancellation[],
): Promise<Ended> {
  return orLater(database, async (sql) => {
    await lockRun(sql, runId)
    const locked = await lockFreeWaiting(
      sql,
      syncs.map(({ syncId }) => syncId),
    )
    const ended = await endCancelled(sql, locked)
    return { ended, run: await settleRun(sql, runId) }
  })
}

async function endRunning(database: Database, sync: PendingCancellation): Promise<Ended> {
  return orLater(database, async (sql) => {
    await takeFence(database, sql, sync)
    await lockRun(sql, sync.runId)
    const ended = await endCancelled(sql, [sync.syncId])
    return { ended, run: await settleRun(sql, sync.runId) }
  })
}

/** Ends nothing where somebody holds a lock for too long: that has to wait for the next time, and the others must not. */
async function orLater(database: Database, end: (sql: Sql) => Promise<Ended>): Promise<Ended> {
  const late = AbortSignal.timeout(lockPatience)
  try {
    return await database.transaction(end, { signal: late })
  } catch (error) {
    if (error !== late.reason) throw error
    return { ended: [], run: undefined }
  }
}
