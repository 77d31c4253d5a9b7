import { type ActedBy, recordAct } from '../../ledger/audit'
import type { Database } from '../../ledger/postgres/database'
import {
  chosenDeadLetters,
  type DeadLetterChoice,
  type DeadLetterName,
  discardSyncs,
} from '../../ledger/work/dead-letters'
import { findSyncs } from '../../ledger/work/syncs'
import type { QueuedSync, SyncJobs } from '../../queue/sync-jobs'
import { expectReason, givenReason } from '../control/reasons'
import { reopenDeadLetter } from './reopen-dead-letter'

export interface RetryOptions {
  readonly by: ActedBy
  readonly reason?: string
  /** Where they go on: at their positions, or at the beginning of their windows. Default `position`. */
  readonly from?: 'position' | 'scratch'
  /** Milliseconds from one start to the next, so that a vendor that has just recovered is not run over. Default 0. */
  readonly interval?: number
  /** Stops between two dead letters; what was reopened by then stays so. */
  readonly signal: AbortSignal
}

/** What became of the dead letters that somebody wanted retried. */
export interface Retried {
  readonly reopened: readonly QueuedSync[]
  /** Those that had nothing left to fetch. */
  readonly superseded: readonly DeadLetterName[]
  /** Those that are dead letters still, and why a retry would have come to nothing. */
  readonly left: readonly { readonly syncId: string; readonly why: string }[]
}

/**
 * Reopens dead letters in the ledger, latest first, each in a transaction of its own: what a crash leaves undone stays a dead
 * letter, and what it leaves reopened is queued by the watchdog. The next step is `queueRetried`.
 */
export async function retryDeadLetters(
  database: Database,
  choice: DeadLetterChoice,
  { by, reason: given, from = 'position', interval = 0, signal }: RetryOptions,
): Promise<Retried> {
  const reason = givenReason(given)
  const chosen = await chosenDeadLetters(database, choice)
  const retried = {
    reopened: [] as QueuedSync[],
    superseded: [] as DeadLetterName[],
    left: [] as Retried['left'][number][],
  }
  if (chosen.length === 0) return retried
  const act = {
    ...by,
    action: 'retry dead letters',
    subject: subjectOf(choice),
    ...(reason === undefined ? {} : { reason }),
  }
  const asked = { from, interval, syncs: choice.syncIds ?? chosen.length }
  await recordAct(database, { ...act, after: asked, outcome: 'asked' })
  const shown = `retried${from === 'scratch' ? ' from scratch' : ''} by ${by.actor}${reason === undefined ? '' : `: ${reason}`}`
  const beganAt = performance.now()
  for (const found of await findSyncs(
    database,
    chosen.map(({ syncId }) => syncId),
  ).then(latestFirst)) {
    if (signal.aborted) break
    const delay = Math.max(0, Math.round(retried.reopened.length * interval - (performance.now() - beganAt)))
    const became = await reopenDeadLetter(database, found, { from, after: delay, reason: shown })
    const { id: syncId, job, definitionVersion: version, lane } = became.sync
    if (became.kind === 'reopened') retried.reopened.push({ syncId, job, version, lane, delay })
    else if (became.kind === 'superseded') retried.superseded.push({ syncId, job })
    else retried.left.push({ syncId, why: became.why })
  }
  const { reopened, superseded, left } = retried
  const counts = { reopened: reopened.length, superseded: superseded.length, left: left.length }
  await recordAct(database, {
    ...act,
    after: { ...asked, ...counts },
    outcome: signal.aborted || reopened.length + superseded.length === 0 ? 'failed' : 'done',
  })
  signal.throwIfAborted()
  return retried
}

/** Gives what was retried its place in the queues, and takes away what is over. Where Redis is away, the watchdog does it later. */
export async function queueRetried(syncJobs: SyncJobs, { reopened, superseded }: Retried): Promise<void> {
  await syncJobs.replace(reopened)
  await syncJobs.remove(superseded)
}

/** Sets dead letters aside for good, in one transaction with its row in the audit log. The next step is to remove their BullMQ jobs. */
export async function discardDeadLetters(
  database: Database,
  choice: DeadLetterChoice,
  { by, reason: given }: { readonly by: ActedBy; readonly reason: string },
): Promise<DeadLetterName[]> {
  const reason = expectReason(given)
  return database.transaction(async (sql) => {
    const chosen = await chosenDeadLetters(sql, choice)
    const discarded = await discardSyncs(
      sql,
      chosen.map(({ syncId }) => syncId),
      { actor: by.actor, reason },
    )
    if (discarded.length === 0) return discarded
    await recordAct(sql, {
      ...by,
      action: 'discard dead letters',
      subject: subjectOf(choice),
      after: { discarded: choice.syncIds ? discarded.map(({ syncId }) => syncId) : discarded.length },
      reason,
      outcome: 'done',
    })
    return discarded
  })
}

const latestFirst = <Sync extends { readonly id: string }>(syncs: readonly Sync[]): Sync[] =>
  syncs.toReversed()

/** What the audit log calls them. */
function subjectOf({ signature, job, syncIds }: DeadLetterChoice): string {
  if (syncIds) return syncIds.length === 1 ? `sync ${syncIds[0]}` : `${syncIds.length} syncs`
  const of = job === undefined ? '' : ` of job ${job}`
  if (signature !== undefined) return `dead letters ${signature}${of}`
  return job === undefined ? 'all dead letters' : `job ${job}`
}
