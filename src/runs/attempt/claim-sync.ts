import { CallTally } from '../../job/call-tally'
import { type BackfillWindow, windowsOfSyncs } from '../../ledger/backfills/backfill-windows'
import type { Database } from '../../ledger/postgres/database'
import { type StreamState, streamStatesOf } from '../../ledger/streams/stream-states'
import { type Attempter, beginAttempts } from '../../ledger/work/attempts'
import { type ClaimedAccount, lockAccount, lockFreeAccounts } from '../../ledger/work/fences'
import { lockRun, settleRun } from '../../ledger/work/runs'
import { settleSync } from '../../ledger/work/sync-states'
import { isOpen, lockSync, lockSyncs, type SyncRow } from '../../ledger/work/syncs'
import { Batcher } from '../../lib/batcher'
import type { Sql } from '../../lib/sql'
import { type GateRules, gateRules } from '../gates/gates'
import { waitAtBreakers } from '../gates/wait-at-breakers'
import { waitAtPause } from '../gates/wait-at-pause'

/** An attempt that may begin: the account is ours until somebody raises its fence again. */
export interface Claim {
  readonly sync: SyncRow
  readonly account: ClaimedAccount
  readonly fence: string
  readonly number: number
  /** Where its streams stand; in a backfill, where those of its window do. */
  readonly states: readonly StreamState[]
  /** What a sync of the lane `backfill` reads. */
  readonly backfill?: BackfillWindow
  /** What it asks of its vendor, counted while it is under way. */
  readonly tally: CallTally
}

/** Milliseconds from the start of the sync's first attempt to the start of this one. */
export const ageOf = ({ sync: { startedAt }, account: { now } }: Pick<Claim, 'sync' | 'account'>): number =>
  startedAt === null ? 0 : Math.max(0, now.getTime() - startedAt.getTime())

/** A claim, the sync as it stands where there is nothing to do, or the milliseconds until it may be asked for again. */
export type Claimed = { readonly claim: Claim } | { readonly settled: SyncRow } | { readonly waits: number }

/** A sync that wants its next attempt. */
interface Wanted {
  readonly found: SyncRow
  /** How often its BullMQ job has stalled. */
  readonly stalls: number
}

export type ClaimSync = (found: SyncRow, stalls: number) => Promise<Claimed>

/**
 * Raises the account's fence and begins the next attempt of an open sync, in one transaction. Syncs that are claimed at the
 * same time share it, but for accounts that are locked by somebody else or not to be synced: those wait, or end, alone.
 */
export function claimSyncs(database: Database, attempter: Attempter, rules = gateRules): ClaimSync {
  const batcher = new Batcher<Wanted, Claimed | undefined>({
    keyOf: ({ found }) => found.accountId,
    perform: async (wanted) =>
      database.transaction(async (sql) => {
        const ids = wanted.map(({ found }) => found.accountId)
        const accounts = await lockFreeAccounts(sql, ids)
        const syncOf = new Map(wanted.map(({ found }) => [found.accountId, found.id]))
        const free = accounts.filter(
          (account) =>
            !account.isBroken &&
            !account.isPaused &&
            refusalOf(account, syncOf.get(account.id)) === undefined,
        )
        const claims = await claimLocked(sql, wanted, free, attempter)
        return wanted.map(({ found }) => claims.get(found.id))
      }),
  })
  return async (found, stalls) =>
    (await batcher.add({ found, stalls })) ?? claimAlone(database, { found, stalls }, attempter, rules)
}

/**
 * Waits for the account's lock, settles a sync whose account is not to be synced any more, and has one wait that is paused or
 * comes to an open circuit breaker.
 */
async function claimAlone(
  database: Database,
  wanted: Wanted,
  attempter: Attempter,
  rules: GateRules,
): Promise<Claimed> {
  const { found } = wanted
  return database.transaction(async (sql) => {
    const account = await lockAccount(sql, found.accountId)
    const refusal = refusalOf(account, found.id)
    if (refusal === undefined) {
      const waits =
        (account.isPaused ? await waitAtPause(sql, account, found) : undefined) ??
        (account.isBroken ? await waitAtBreakers(sql, account, found, rules.breakers) : undefined)
      if (waits !== undefined) return { waits }
      const claims = await claimLocked(sql, [wanted], [account], attempter)
      return claims.get(found.id) ?? { settled: found }
    }
    await lockRun(sql, found.runId)
    const sync = await lockSync(sql, found.id)
    if (!isOpen(sync)) return { settled: sync }
    await settleSync(sql, sync.id, 'skipped', { reason: refusal, keptOut: account.enabled })
    await settleRun(sql, sync.runId)
    return { settled: { ...sync, state: 'skipped', reason: refusal } }
  })
}

/** Claims by sync, for the wanted ones whose accounts are locked. */
async function claimLocked(
  sql: Sql,
  wanted: readonly Wanted[],
  accounts: readonly ClaimedAccount[],
  attempter: Attempter,
): Promise<Map<string, Claimed>> {
  const accountOf = new Map(accounts.map((account) => [account.id, account]))
  const ours = wanted.filter(({ found }) => accountOf.has(found.accountId))
  const claims = new Map<string, Claimed>()
  if (ours.length === 0) return claims
  const stallsOf = new Map(ours.map(({ found, stalls }) => [found.id, stalls]))
  const [syncs, begun, states] = await Promise.all([
    lockSyncs(
      sql,
      ours.map(({ found }) => found.id),
    ),
    beginAttempts(
      sql,
      ours.map(({ found: { id, accountId } }) => ({ syncId: id, accountId, stalls: stallsOf.get(id) ?? 0 })),
      attempter,
    ),
    streamStatesOf(
      sql,
      ours.map(({ found }) => found),
    ),
  ])
  const open = syncs.filter(isOpen)
  const windows = await windowsOf(sql, open)
  for (const sync of syncs) if (!isOpen(sync)) claims.set(sync.id, { settled: sync })
  for (const sync of open) {
    const account = accountOf.get(sync.accountId)
    const attempt = begun.get(sync.id)
    if (!account || !attempt) throw new Error(`sync ${sync.id} was locked and is gone`)
    const { number, crashes, crashesInARow, fence } = attempt
    const backfill = windows.get(sync.id)
    claims.set(sync.id, {
      claim: {
        sync: { ...sync, state: 'running', crashes, crashesInARow },
        account,
        fence,
        number,
        states: backfill ? backfill.states : (states.get(sync.accountId) ?? []),
        ...(backfill ? { backfill } : {}),
        tally: new CallTally(),
      },
    })
  }
  return claims
}

/** The windows of those that belong to a backfill. */
async function windowsOf(sql: Sql, syncs: readonly SyncRow[]): Promise<Map<string, BackfillWindow>> {
  const ids = syncs.filter(({ lane }) => lane === 'backfill').map(({ id }) => id)
  return ids.length === 0 ? new Map() : windowsOfSyncs(sql, ids)
}

/** Why a sync is not to be performed any more. The one that tries what is parked is. */
function refusalOf({ enabled, parked }: ClaimedAccount, syncId: string | undefined): string | undefined {
  if (!enabled) return 'the account was disabled after planning'
  return parked.find(({ probingSync }) => probingSync !== syncId)?.told
}
