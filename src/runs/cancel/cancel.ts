import { type ActedBy, recordAct } from '../../ledger/audit'
import type { Database } from '../../ledger/postgres/database'
import { countCancelled, markCancelled, requestCancellations } from '../../ledger/work/cancellations'
import { openSyncsOf, stillOpen } from '../../ledger/work/open-syncs'
import { findRun, listRuns, lockRun, type RunState, settleRun } from '../../ledger/work/runs'
import { findSync, isOpen, type SyncState } from '../../ledger/work/syncs'
import { seconds } from '../../lib/durations'
import { wait } from '../../lib/wait'
import { ActRefusedError } from '../control/act-refused'
import { type CarriedOut, carryOutCancellations } from './carry-out-cancellations'

/** Who wants something to end, and why. */
export interface CancelOrder extends ActedBy {
  /** Kept with every sync that it ends. Default: that none was given. */
  readonly reason?: string
}

/** What a canceller needs beside the ledger. */
export interface CancelTools {
  readonly signal: AbortSignal
  /** Takes syncs that waited out of their queues. Nothing depends on it: whoever takes such a sync finds it over. */
  readonly unqueue: (syncs: CarriedOut['syncs']) => Promise<void>
}

/** What became of it. */
export interface Cancelled {
  /** Syncs that it ended. */
  readonly ended: number
  /** Those that were over before. */
  readonly overBefore: number
  /** Those that came to an end of their own before they could be ended. */
  readonly endedThemselves: number
  /** Those that are still not over; the scheduler goes on ending them. */
  readonly left: number
  /** It belongs to a backfill, which reads the same days again unless that is ended, too. */
  readonly isBackfill: boolean
}

/** There is no such run or sync, or it is over. */
export class NothingToCancelError extends ActRefusedError {
  override name = 'NothingToCancelError'
  override readonly code = 'nothing_to_cancel'
}

/** How often a canceller looks whether it is over. */
const lookEvery = 100

/** By then every sync is over whose worker, or whose worker's connection, can be reached at all. */
const givesUpAfter = seconds(15)

/** Ends a run: its open syncs end where they are, what they have written stays. Resolves when all of it is over. */
export async function cancelRun(
  database: Database,
  runId: string,
  order: CancelOrder,
  tools: CancelTools,
): Promise<Cancelled & { readonly state: RunState }> {
  const { reason = 'no reason given' } = order
  const { syncIds, overBefore, isBackfill } = await database.transaction(async (sql) => {
    await lockRun(sql, runId)
    const [run] = await listRuns(sql, { id: runId, limit: 1 })
    if (!run)
      throw new NothingToCancelError('not-found', `there is no run ${runId}; see \`syncfleet runs list\``)
    if (run.state !== 'running')
      throw new NothingToCancelError('conflict', `run ${runId} is over: ${run.state}`)
    await markCancelled(sql, runId, { by: order.actor, reason })
    const open = (await openSyncsOf(sql, runId)).map(({ syncId }) => syncId)
    await requestCancellations(sql, open, { requestedBy: order.actor, reason })
    await recordAct(sql, {
      ...order,
      action: 'cancel run',
      subject: `run ${runId}`,
      after: { syncs: open.length },
      outcome: 'done',
    })
    await settleRun(sql, runId)
    return { syncIds: open, overBefore: run.syncs - open.length, isBackfill: run.kind === 'backfill' }
  })
  const over = await untilOver(database, syncIds, tools)
  const state = (await findRun(database, runId))?.state ?? 'cancelled'
  return { ...over, overBefore, isBackfill, state }
}

/** Ends one sync; the others of its run go on. Resolves when it is over, with the state that it has then. */
export async function cancelSync(
  database: Database,
  syncId: string,
  order: CancelOrder,
  tools: CancelTools,
): Promise<Cancelled & { readonly state: SyncState }> {
  const isBackfill = await database.transaction(async (sql) => {
    const sync = await findSync(sql, syncId)
    if (!sync)
      throw new NothingToCancelError('not-found', `there is no sync ${syncId}; see \`syncfleet runs show\``)
    if (!isOpen(sync)) {
      const why = sync.errorMessage ?? sync.reason
      throw new NothingToCancelError(
        'conflict',
        `sync ${syncId} is over: ${sync.state}${why === null ? '' : ` (${why})`}`,
      )
    }
    const { reason = 'no reason given' } = order
    await requestCancellations(sql, [syncId], { requestedBy: order.actor, reason })
    await recordAct(sql, {
      ...order,
      action: 'cancel sync',
      subject: `sync ${syncId}`,
      before: { state: sync.state },
      outcome: 'done',
    })
    return sync.lane === 'backfill'
  })
  const over = await untilOver(database, [syncId], tools)
  const state = (await findSync(database, syncId))?.state ?? 'cancelled'
  return { ...over, overBefore: 0, isBackfill, state }
}

/** Ends what waits, leaves to the workers what is theirs to end, and takes it from those that do not. */
export async function untilOver(
  database: Database,
  syncIds: readonly string[],
  { signal, unqueue }: CancelTools,
): Promise<Pick<Cancelled, 'ended' | 'endedThemselves' | 'left'>> {
  const late = AbortSignal.any([signal, AbortSignal.timeout(givesUpAfter)])
  const unqueueing: Promise<void>[] = []
  let left = await stillOpen(database, syncIds)
  while (left.length > 0 && !late.aborted) {
    const { syncs } = await carryOutCancellations(database, { syncIds: left })
    if (syncs.length > 0) unqueueing.push(unqueue(syncs).catch(() => undefined))
    left = await stillOpen(database, left)
    if (left.length > 0) await wait(lookEvery, late).catch(() => undefined)
  }
  await Promise.all(unqueueing)
  const ended = await countCancelled(database, syncIds)
  return { ended, endedThemselves: syncIds.length - ended - left.length, left: left.length }
}
