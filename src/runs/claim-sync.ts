import { type Attempter, beginAttempt } from '../ledger/attempts'
import type { Database } from '../ledger/database'
import { type ClaimedAccount, lockAccount, raiseFence } from '../ledger/fences'
import { lockRun, reopenRun, settleRun } from '../ledger/runs'
import { type StreamState, streamStates } from '../ledger/stream-states'
import {
  isOvertaken,
  isOpen,
  lockSync,
  reopenSync,
  settleSync,
  supersedeSync,
  type SyncRow,
} from '../ledger/syncs'

/** An attempt that may begin: the account is ours until somebody raises its fence again. */
export interface Claim {
  readonly sync: SyncRow
  readonly account: ClaimedAccount
  readonly fence: string
  readonly number: number
  readonly states: readonly StreamState[]
}

/** A claim, or the sync as it stands where there is nothing to do. */
export type Claimed = { readonly claim: Claim } | { readonly settled: SyncRow }

/** Raises the account's fence and begins the next attempt of an open sync, in one transaction. */
export async function claimSync(
  database: Database,
  found: SyncRow,
  attempter: Attempter,
  stalls: number,
): Promise<Claimed> {
  return database.transaction(async (sql) => {
    const account = await lockAccount(sql, found.accountId)
    const refusal = refusalOf(account)
    if (refusal !== undefined) await lockRun(sql, found.runId)
    const sync = await lockSync(sql, found.id)
    if (!isOpen(sync)) return { settled: sync }
    if (refusal !== undefined) {
      await settleSync(sql, sync.id, 'skipped', { reason: refusal })
      await settleRun(sql, sync.runId)
      return { settled: { ...sync, state: 'skipped', reason: refusal } }
    }
    const fence = await raiseFence(sql, account.id)
    const { number, crashes } = await beginAttempt(sql, sync.id, fence, attempter, stalls)
    const states = await streamStates(sql, account.id, sync.mode)
    return { claim: { sync: { ...sync, state: 'running', crashes }, account, fence, number, states } }
  })
}

function refusalOf(account: ClaimedAccount): string | undefined {
  if (!account.enabled) return 'the account was disabled after planning'
  return account.parkedReason === null ? undefined : `parked: ${account.parkedReason}`
}

/**
 * A dead letter whose job a person queued again: reopens it and its run, or settles it as superseded where the
 * account has moved on. Returns the sync as it is then.
 */
export async function reopenDeadLetter(database: Database, found: SyncRow): Promise<SyncRow> {
  return database.transaction(async (sql) => {
    await lockAccount(sql, found.accountId)
    await lockRun(sql, found.runId)
    const sync = await lockSync(sql, found.id)
    if (sync.state !== 'failed') return sync
    if (await isOvertaken(sql, sync)) {
      await supersedeSync(sql, sync.id)
      await settleRun(sql, sync.runId)
      return { ...sync, state: 'superseded' }
    }
    await reopenSync(sql, sync.id)
    await reopenRun(sql, sync.runId)
    return { ...sync, state: 'waiting', failures: 0, crashes: 0 }
  })
}
