import type { Job } from '../../job/define-job'
import { reopenFailedWindows, takeOnNextWindows, workOf } from '../../ledger/backfills/backfill-windows'
import {
  type BackfillState,
  changeBackfillState,
  lockBackfill,
  type NewBackfill,
  insertBackfill,
} from '../../ledger/backfills/backfills'
import { cancelBackfillSyncs } from '../../ledger/backfills/cancel-backfill-syncs'
import type { Database } from '../../ledger/postgres/database'
import { insertRun, type Run, settleRun } from '../../ledger/work/runs'
import type { Sql } from '../../lib/sql'
import { ActRefusedError } from '../control/act-refused'
import { JobOffError } from '../slots/plan-run'
import { estimateBackfill } from './backfill-windows'

/** Who asks for which days of which accounts, and why. */
export type BackfillRequest = Pick<
  NewBackfill,
  'days' | 'streams' | 'accountIds' | 'accounts' | 'requestedBy' | 'reason' | 'requestKey'
>

/** Writes a backfill down. The leading scheduler begins it with its next round. */
export async function requestBackfill(sql: Sql, job: Job, request: BackfillRequest): Promise<string> {
  const { mode } = job.effective
  if (mode === 'off') throw new JobOffError(job)
  const { windows, calls } = estimateBackfill(job, request.days, request.accountIds.length)
  return insertBackfill(sql, { ...request, job: job.id, mode, windows, estimatedCalls: calls })
}

/** What a round of the leader made of a running backfill. */
export type BackfillStep =
  | { readonly kind: 'run'; readonly run: Run; readonly syncs: number }
  | { readonly kind: 'done' }
  /** Its run is under way, or none of its accounts can be synced now. */
  | { readonly kind: 'waiting' }

/**
 * Takes a running backfill one step further, in one transaction: a run with the next window of each account once the run before
 * is settled, or its end once no window is left. Accounts that cannot be synced now are left out until they can.
 */
export async function stepBackfill(database: Database, job: Job, backfillId: string): Promise<BackfillStep> {
  return database.transaction(async (sql) => {
    const backfill = await lockBackfill(sql, backfillId)
    if (backfill?.state !== 'running') return { kind: 'waiting' }
    const { underWay, open, ready } = await workOf(sql, backfillId)
    if (underWay > 0) return { kind: 'waiting' }
    if (open === 0) {
      await changeBackfillState(sql, backfillId, 'done')
      return { kind: 'done' }
    }
    if (ready === 0) return { kind: 'waiting' }
    const run = await insertRun(sql, {
      job: job.id,
      kind: 'backfill',
      mode: backfill.mode,
      definitionVersion: job.version,
      requestedBy: backfill.requestedBy,
      reason: `backfill ${backfillId}`,
    })
    if (!run) throw new Error(`backfill ${backfillId}: no run`)
    const syncs = await takeOnNextWindows(sql, backfillId, run)
    return { kind: 'run', run: (await settleRun(sql, run.id)) ?? run, syncs }
  })
}

/** What a person may do to a backfill. */
export type BackfillOrder = 'pause' | 'resume' | 'cancel'

/** A backfill is not in a state in which that order makes sense. */
export class BackfillStateError extends ActRefusedError {
  override name = 'BackfillStateError'
  override readonly code = 'backfill_state'
}

/**
 * Pausing and cancelling end its open syncs at once, wherever they are; what they have written stays, and a resumed backfill
 * goes on where they were. Resuming also takes failed windows on again, even of a backfill that is done.
 */
export async function orderBackfill(
  sql: Sql,
  backfillId: string,
  order: BackfillOrder,
): Promise<{ readonly before: BackfillState; readonly after: BackfillState }> {
  const backfill = await lockBackfill(sql, backfillId)
  if (!backfill) throw new BackfillStateError('not-found', `there is no backfill ${backfillId}`)
  const { state: before } = backfill
  const after = ({ pause: 'paused', resume: 'running', cancel: 'cancelled' } as const)[order]
  const reopened =
    order === 'resume' && before !== 'cancelled' ? await reopenFailedWindows(sql, backfillId) : 0
  const isAllowed = {
    pause: before === 'running',
    resume: before === 'paused' || (before !== 'cancelled' && reopened > 0),
    cancel: before === 'running' || before === 'paused',
  }[order]
  if (!isAllowed)
    throw new BackfillStateError('conflict', `backfill ${backfillId} is ${before}: nothing to ${order}`)
  if (order !== 'resume') await cancelBackfillSyncs(sql, backfillId, `backfill ${backfillId} ${after}`)
  await changeBackfillState(sql, backfillId, after)
  return { before, after }
}
