import type { SyncError } from '../job/errors'
import { endAttempt, type AttemptOutcome } from '../ledger/attempts'
import { dropBackfillPositions, restWindow } from '../ledger/backfill-windows'
import type { Database } from '../ledger/database'
import { holdFence } from '../ledger/fences'
import { parkAccount, parkCredential, restAccount } from '../ledger/parking'
import { lockRun, type Run, settleRun } from '../ledger/runs'
import { dropPositions } from '../ledger/stream-states'
import { type ErrorFacts, returnSync, settleSync, type SyncState } from '../ledger/syncs'
import { inWords } from '../lib/durations'
import type { Sql } from '../lib/sql'
import { forgetAllSeen } from '../sink/seen-records'
import type { Claim } from './claim-sync'
import { wayMade } from './live-work'
import type { Outcome } from './outcome'

/** How an attempt ended: well, cut short, or with an error and what was decided about it. */
export type End =
  | { readonly kind: 'ok' }
  | { readonly kind: 'handed-back' }
  /** A backfill that lets live work go first. */
  | { readonly kind: 'made-way' }
  | { readonly kind: 'failed'; readonly error: SyncError; readonly outcome: Outcome }

/** What the ledger says after an attempt. */
export interface Conclusion {
  /** The sync's state, settled or waiting. */
  readonly state: SyncState
  readonly outcome: AttemptOutcome
  /** Present where this was the run's last open sync. */
  readonly settledRun?: Run
  readonly parked?: 'credential' | 'account'
}

/**
 * Writes an attempt's end into the ledger, in one transaction under the attempt's fence.
 * Throws FenceLostError where another attempt has the account by now: then this end does not count.
 */
export async function concludeAttempt(database: Database, claim: Claim, end: End): Promise<Conclusion> {
  return database.transaction(async (sql) => {
    if (end.kind === 'ok') return settle(sql, claim, 'ok', {})
    if (end.kind === 'handed-back') {
      return giveBack(sql, claim, 'interruptions', { reason: 'handed back by a stopping worker', after: 0 })
    }
    if (end.kind === 'made-way') {
      return giveBack(sql, claim, 'waits', { reason: 'makes way for live work', after: wayMade })
    }
    return concludeFailure(sql, claim, end.error, end.outcome)
  })
}

async function concludeFailure(
  sql: Sql,
  claim: Claim,
  thrown: SyncError,
  outcome: Outcome,
): Promise<Conclusion> {
  const error = { errorClass: thrown.errorClass, code: thrown.code, message: thrown.message }
  switch (outcome.kind) {
    case 'retry':
      return giveBack(sql, claim, 'failures', {
        reason: 'backing off after a failure',
        after: outcome.after,
        error,
      })
    case 'wait':
      return giveBack(sql, claim, 'waits', { reason: 'waiting for vendor', after: outcome.after, error })
    case 'defer':
      return rest(sql, claim, 'deferred', outcome.after, error)
    case 'partial':
      return rest(sql, claim, 'partial', outcome.after, error)
    case 'dead':
      return settle(sql, claim, 'failed', { error })
    case 'park':
      return park(sql, claim, outcome.what, error)
  }
}

async function giveBack(
  sql: Sql,
  { sync, account, fence, number }: Claim,
  counts: 'failures' | 'waits' | 'interruptions',
  why: { readonly reason: string; readonly after: number; readonly error?: ErrorFacts },
): Promise<Conclusion> {
  await holdFence(sql, account.id, fence)
  await returnSync(sql, sync.id, { counts, ...why })
  const outcome = ({ failures: 'failed', waits: 'waiting', interruptions: 'interrupted' } as const)[counts]
  await endAttempt(sql, sync.id, number, outcome, why.error)
  return { state: 'waiting', outcome }
}

/** The account rests until the vendor's wait is over; a run after that takes it up again. */
async function rest(
  sql: Sql,
  claim: Claim,
  state: 'deferred' | 'partial',
  after: number,
  error: ErrorFacts,
): Promise<Conclusion> {
  await holdFence(sql, claim.account.id, claim.fence, 'change')
  // What a backfill has to wait for is no reason to keep live syncs waiting.
  if (claim.backfill) await restWindow(sql, claim.sync.id, after)
  else await restAccount(sql, claim.account.id, after)
  return settle(sql, claim, state, {
    reason: `${error.message}; the ${claim.backfill ? 'backfill' : 'account'} rests for ${inWords(after)}`,
    error,
  })
}

/** A credential or account that was changed since the attempt began gets its chance: the sync tries again with what it is now. */
async function park(
  sql: Sql,
  claim: Claim,
  what: 'credential' | 'account',
  error: ErrorFacts,
): Promise<Conclusion> {
  const { account, fence } = claim
  const credential = { id: account.credentialId, revision: account.credentialRevision }
  // The credential's lock comes before the account's. A fence that turns out lost rolls the parking back.
  let parked = what === 'credential' ? await parkCredential(sql, credential, error.message) : undefined
  await holdFence(sql, account.id, fence, 'change')
  parked ??= await parkAccount(sql, account, error.message)
  if (parked === 'stale') {
    return giveBack(sql, claim, 'waits', { reason: `the ${what} was changed meanwhile`, after: 0, error })
  }
  const conclusion = await settle(sql, claim, 'failed', { error })
  return parked === 'parked' ? { ...conclusion, parked: what } : conclusion
}

async function settle(
  sql: Sql,
  claim: Claim,
  state: 'ok' | 'partial' | 'deferred' | 'failed',
  why: { readonly reason?: string; readonly error?: ErrorFacts },
): Promise<Conclusion> {
  const { sync, account, fence, number } = claim
  await holdFence(sql, account.id, fence)
  await lockRun(sql, sync.runId)
  await settleSync(sql, sync.id, state, why)
  await endAttempt(sql, sync.id, number, state, why.error)
  await forgetWhatWasSeen(sql, claim)
  const settledRun = await settleRun(sql, sync.runId)
  return { state, outcome: state, ...(settledRun ? { settledRun } : {}) }
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
