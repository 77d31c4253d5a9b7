import { dropBackfillPositions } from '../../ledger/backfills/backfill-windows'
import { dropPositions } from '../../ledger/streams/stream-states'
import { endAttempt, type WaitsFor } from '../../ledger/work/attempts'
import { holdFence } from '../../ledger/work/fences'
import { lockRun, settleRun } from '../../ledger/work/runs'
import { type ErrorFacts, returnSync, settleSync } from '../../ledger/work/sync-states'
import type { Sql } from '../../lib/sql'
import { forgetAllSeen } from '../../sink/seen-records'
import type { Claim } from './claim-sync'
import type { Conclusion } from './conclude-attempt'

/** Why a sync goes on waiting, and for how many milliseconds. */
export interface GivenBack {
  readonly reason: string
  /** The reason goes on with `until` and the instant. Default false. */
  readonly namesEnd?: boolean
  readonly after: number
  /** Absent where it only waits for a worker. */
  readonly waitsFor?: WaitsFor
  readonly error?: ErrorFacts
}

/** Ends an attempt and leaves its sync waiting, under the attempt's fence. */
export async function giveBack(
  sql: Sql,
  { sync, account, fence, number, tally }: Claim,
  counts: 'failures' | 'waits' | 'interruptions',
  why: GivenBack,
): Promise<Conclusion> {
  await holdFence(sql, account.id, fence)
  await returnSync(sql, sync.id, { counts, ...why })
  const outcome = ({ failures: 'failed', waits: 'waiting', interruptions: 'interrupted' } as const)[counts]
  const { error, after, waitsFor } = why
  const next = waitsFor && { waitsFor, after }
  await endAttempt(sql, sync.id, number, outcome, { error, next, spent: tally })
  return { state: 'waiting', outcome }
}

/** Ends an attempt and its sync, under the attempt's fence, and the run with its last sync. */
export async function settleAttempt(
  sql: Sql,
  claim: Claim,
  state: 'ok' | 'partial' | 'deferred' | 'failed' | 'skipped',
  why: { readonly reason?: string; readonly error?: ErrorFacts },
): Promise<Conclusion> {
  const { sync, account, fence, number, tally } = claim
  await holdFence(sql, account.id, fence)
  await lockRun(sql, sync.runId)
  await settleSync(sql, sync.id, state, why)
  // An attempt that has been made was not skipped, whatever its sync is called.
  const outcome = state === 'skipped' ? 'failed' : state
  await endAttempt(sql, sync.id, number, outcome, { error: why.error, spent: tally })
  await forgetWhatWasSeen(sql, claim)
  const settledRun = await settleRun(sql, sync.runId)
  return { state, outcome, ...(settledRun ? { settledRun } : {}) }
}

/**
 * Another sync goes on where this one was: without what was seen before it, a position in the middle of a window or a listing
 * would lead to rows being taken for gone. So it goes with it.
 */
async function forgetWhatWasSeen(sql: Sql, { sync, account, backfill }: Claim): Promise<void> {
  const streams = await forgetAllSeen(sql, sync.id)
  if (streams.length === 0) return
  if (backfill) await dropBackfillPositions(sql, backfill.id, streams)
  else await dropPositions(sql, { accountId: account.id, mode: sync.mode }, streams)
}
