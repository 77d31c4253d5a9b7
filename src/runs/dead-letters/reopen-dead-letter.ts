import { dropWindowPositions, windowToReopen } from '../../ledger/backfills/backfill-windows'
import type { Database } from '../../ledger/postgres/database'
import { dropAllPositions } from '../../ledger/streams/stream-states'
import { forgetCancellation } from '../../ledger/work/cancellations'
import { lockAccount } from '../../ledger/work/fences'
import { lockRun, reopenRun, settleRun } from '../../ledger/work/runs'
import { isLaneTaken, reopenSync, supersedeSync } from '../../ledger/work/sync-states'
import { isOvertaken, lockSync, type SyncRow } from '../../ledger/work/syncs'
import type { Sql } from '../../lib/sql'
import { forgetSeen } from '../../sink/seen-records'

export interface Reopening {
  /**
   * Where the next attempt goes on: at the position inside the window that the last one reached, or at the window's beginning.
   * The cursor stays in either case: what it says is complete is not read again. Default `position`.
   */
  readonly from?: 'position' | 'scratch'
  /** Milliseconds until it may start. Default 0. */
  readonly after?: number
  /** Shown of the sync while it waits. */
  readonly reason?: string
}

/** What became of a dead letter that somebody wants retried, and the sync as it is then. */
export type Reopened = { readonly sync: SyncRow } & (
  | { readonly kind: 'reopened' }
  /** It had nothing left to fetch, or another sync is about to. */
  | { readonly kind: 'superseded' }
  /** It stays as it is, because a retry now would come to nothing. */
  | { readonly kind: 'left'; readonly why: string }
)

/**
 * Reopens a dead letter and its run, or settles it as superseded where the account has moved on, in one transaction.
 * One of an account that is parked or disabled, or whose place in the lane is taken, stays a dead letter.
 */
export async function reopenDeadLetter(
  database: Database,
  found: Pick<SyncRow, 'id' | 'accountId' | 'runId'>,
  how: Reopening = {},
): Promise<Reopened> {
  try {
    return await reopen(database, found, how)
  } catch (error) {
    // A run that was being planned beside us has the place now: seen again, this one is overtaken.
    if (!isLaneTaken(error)) throw error
    return reopen(database, found, how)
  }
}

async function reopen(
  database: Database,
  found: Pick<SyncRow, 'id' | 'accountId' | 'runId'>,
  how: Reopening,
): Promise<Reopened> {
  return database.transaction(async (sql) => {
    const account = await lockAccount(sql, found.accountId)
    await lockRun(sql, found.runId)
    const sync = await lockSync(sql, found.id)
    if (sync.state !== 'failed') return { sync, kind: 'left', why: `it is ${sync.state}` }
    const obstacle = sync.lane === 'backfill' ? await obstacleOf(sql, sync) : undefined
    if (obstacle !== undefined) return { sync, kind: 'left', why: obstacle }
    if (await isOvertaken(sql, sync)) {
      await supersedeSync(sql, sync.id)
      await settleRun(sql, sync.runId)
      return { sync: { ...sync, state: 'superseded' }, kind: 'superseded' }
    }
    if (!account.enabled) return { sync, kind: 'left', why: 'its account is disabled' }
    const [parked] = account.parked
    if (parked) return { sync, kind: 'left', why: parked.told }
    if (how.from === 'scratch') await startOver(sql, sync)
    await forgetCancellation(sql, sync.id)
    await reopenSync(sql, sync.id, how)
    await reopenRun(sql, sync.runId, how.after)
    return {
      sync: { ...sync, state: 'waiting', failures: 0, crashes: 0, crashesInARow: 0, startedAt: null },
      kind: 'reopened',
    }
  })
}

/** Why a window of days cannot be read now, although it is still this sync's. */
async function obstacleOf(sql: Sql, sync: SyncRow): Promise<string | undefined> {
  const window = await windowToReopen(sql, sync)
  if (!window) return undefined
  if (window.state === 'paused' || window.state === 'cancelled')
    return `backfill ${window.backfillId} is ${window.state}`
  return window.isLaneTaken ? 'other days of its account are being read; retry it when they are' : undefined
}

/** What was seen of a window goes with the positions in it: rows before a position that nobody saw would be taken for gone. */
async function startOver(sql: Sql, sync: SyncRow): Promise<void> {
  await forgetSeen(sql, sync.id)
  if (sync.lane === 'backfill') await dropWindowPositions(sql, sync.id)
  else await dropAllPositions(sql, sync)
}
