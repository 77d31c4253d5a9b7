import {
  AttemptInterruptedError,
  DeadlineError,
  FenceLostError,
  type SyncError,
  WorkerCrashedError,
} from '../job/errors'
import { type Attempter, endAttempt } from '../ledger/attempts'
import type { Database } from '../ledger/database'
import { findSyncs, isOpen, type SyncRow } from '../ledger/syncs'
import { Batcher } from '../lib/batcher'
import { inWords, seconds } from '../lib/durations'
import { LinkedAbort } from '../lib/linked-abort'
import type { SyncData } from '../queue/bull-jobs'
import type { Lease, Leases } from '../queue/leases'
import type { PerformSync, SyncTools } from '../queue/sync-consumer'
import type { Verdict } from '../queue/verdict'
import type { Json } from '../job/streams'
import type { RunEvents, SyncFacts } from '../telemetry/events'
import { withFacts } from '../telemetry/logger'
import { newerWorker } from './carry-out-run'
import { type Claim, type ClaimSync, claimSyncs, reopenDeadLetter } from './claim-sync'
import { concludeAttempt, type Conclusion, type End } from './conclude-attempt'
import { driveSync, type PerformableJob, type SyncDoors } from './drive-sync'
import { type LiveWork, mustMakeWay, wayMade } from './live-work'
import { decideOutcome, syncErrorOf } from './outcome'
import { PageWriter } from './page-writer'
import { Reporter } from './reporter'
import { settleSyncs } from './settle-syncs'

/** How soon a sync looks again whose account another one is working on. */
const leaseTaken = seconds(3)

/** A sync that lost its worker so often is set aside, so that it cannot bring down one worker after the other. */
const crashesAtMost = 10

export interface PerformOptions {
  readonly database: Database
  readonly leases: Leases
  readonly doors: SyncDoors
  readonly attempter: Attempter
  readonly events: RunEvents
  readonly jobs: ReadonlyMap<string, PerformableJob>
  /** From 0 to 1; spreads backoffs. */
  readonly random: () => number
  /** What a backfill makes way for. */
  readonly liveWork: LiveWork
}

/** What many attempts of one worker do at once. */
interface Together {
  readonly find: (syncId: string) => Promise<SyncRow | undefined>
  readonly claim: ClaimSync
  readonly settle: (claim: Claim) => Promise<Conclusion>
}

/** Performs one attempt of a sync: lease, fence, pages, and the outcome in the ledger before the queue hears of it. */
export function performSync(options: PerformOptions): PerformSync {
  const together: Together = {
    find: finder(options.database),
    claim: claimSyncs(options.database, options.attempter),
    settle: settleSyncs(options.database),
  }
  return async (order, tools) => {
    const sync = await openSyncOf(options.database, together.find, order, tools)
    if (!sync) return { kind: 'done', result: { sync: order.syncId, state: 'unknown to the ledger' } }
    if (!isOpen(sync)) return verdictOfSettled(sync)
    const performable = options.jobs.get(sync.job)
    if (!performable || performable.job.version < order.version) return { kind: 'wait', after: newerWorker }
    // The account's live sync waits for its lease, and would wait for the whole of our first page.
    if (sync.lane === 'backfill' && (await options.liveWork.ofAccount(sync)))
      return { kind: 'wait', after: wayMade }
    const facts = { jobId: sync.job, runId: sync.runId, syncId: sync.id, accountId: sync.accountId }
    return withFacts({ ...facts }, async () => {
      await using lease = await options.leases.take(sync.accountId, sync.id)
      if (lease) return await attempt(options, together, { performable, found: sync, lease, tools, facts })
      options.events.leaseRefused(facts)
      return { kind: 'wait', after: leaseTaken }
    })
  }
}

function finder(database: Database): Together['find'] {
  const batcher = new Batcher<string, SyncRow | undefined>({
    keyOf: (syncId) => syncId,
    perform: async (syncIds) => {
      const found = new Map((await findSyncs(database, syncIds)).map((sync) => [sync.id, sync]))
      return syncIds.map((id) => found.get(id))
    },
  })
  return async (syncId) => batcher.add(syncId)
}

/** The sync that an order names; a dead letter that a person queued again is opened first. */
async function openSyncOf(
  database: Database,
  find: Together['find'],
  { syncId }: SyncData,
  { stalls }: SyncTools,
): Promise<SyncRow | undefined> {
  const found = await find(syncId)
  if (found?.state !== 'failed') return found
  // Its worker died after the ledger knew and before the queue did.
  const isRedelivered = stalls > found.stalls
  return isRedelivered ? found : reopenDeadLetter(database, found)
}

/** Tells the queue what the ledger knows already. */
function verdictOfSettled({ id, state, reason, errorCode, errorMessage }: SyncRow): Verdict {
  if (state === 'failed') return { kind: 'dead', error: new Error(`${errorCode}: ${errorMessage}`) }
  return { kind: 'done', result: { sync: id, state, reason } }
}

/** A sync whose lease is held. */
interface Ready {
  readonly performable: PerformableJob
  readonly found: SyncRow
  readonly lease: Lease
  readonly tools: SyncTools
  readonly facts: SyncFacts
}

async function attempt(
  options: PerformOptions,
  together: Together,
  { performable, found, lease, tools, facts }: Ready,
): Promise<Verdict> {
  const { database, events } = options
  const claimed = await together.claim(found, tools.stalls)
  if ('settled' in claimed) return verdictOfSettled(claimed.settled)
  const { claim } = claimed
  const startedAt = performance.now()
  events.attemptStarted({ ...facts, number: claim.number, fence: claim.fence })
  const report = new Reporter(tools, events, facts)
  const deadline = performable.job.effective.deadline
  using abort = new LinkedAbort(tools.signal, lease.signal).after(
    deadline,
    () => new DeadlineError(`the attempt took longer than its deadline of ${inWords(deadline)}`),
  )
  const end = await endOf(options, performable, claim, abort.signal, report)
  if (end === 'lost') return await lost(options, claim, facts, 'lease')
  try {
    const conclusion =
      end.kind === 'ok' ? await together.settle(claim) : await concludeAttempt(database, claim, end)
    report.finish()
    tell(events, facts, claim, conclusion, performance.now() - startedAt)
    return verdictOf(end, conclusion, { state: conclusion.state, ...report.totals })
  } catch (error) {
    if (error instanceof FenceLostError) return await lost(options, claim, facts, 'fence')
    throw error
  }
}

/** Drives the sync to its end, and says which end that is. */
async function endOf(
  options: PerformOptions,
  performable: PerformableJob,
  claim: Claim,
  signal: AbortSignal,
  report: Reporter,
): Promise<End | 'lost'> {
  try {
    if (claim.sync.crashes >= crashesAtMost) {
      throw new WorkerCrashedError(`the sync lost its worker ${claim.sync.crashes} times`)
    }
    const writer = new PageWriter(options.database, performable.job, claim)
    const pages = driveSync(performable, claim, options.doors, options.database, {
      signal,
      now: claim.account.now,
      note: report.note,
    })
    for await (const page of pages) {
      report.pageWritten(page.stream, await writer.write(page))
      signal.throwIfAborted()
      if (await mustMakeWay(options.liveWork, claim, page)) return { kind: 'made-way' }
    }
    return { kind: 'ok' }
  } catch (thrown) {
    if (thrown instanceof FenceLostError) return 'lost'
    // Whatever an aborted request threw, the reason for the abort is what ended the attempt.
    const cause: unknown = signal.aborted ? signal.reason : thrown
    if (cause instanceof AttemptInterruptedError)
      return cause.cut === 'stopping' ? { kind: 'handed-back' } : 'lost'
    return failedEnd(options, performable, claim, syncErrorOf(cause), report)
  }
}

function failedEnd(
  options: PerformOptions,
  { job }: PerformableJob,
  { sync }: Claim,
  error: SyncError,
  report: Reporter,
): End {
  report.failed(error)
  const outcome = decideOutcome(error, job.effective, sync.failures + 1, options.random())
  return { kind: 'failed', error, outcome }
}

/** Another attempt has the account: nothing of ours counts any more, and our row among the attempts is all there is to end. */
async function lost(
  { database, events }: PerformOptions,
  { sync, number }: Claim,
  facts: SyncFacts,
  why: 'lease' | 'fence',
): Promise<Verdict> {
  events.attemptLost({ ...facts, number, why })
  await endAttempt(database, sync.id, number, 'lost')
  // Where the queue's lock is still ours, the job comes back; where it is not, this is refused, and rightly so.
  return { kind: 'wait', after: leaseTaken }
}

function tell(
  events: RunEvents,
  facts: SyncFacts,
  claim: Claim,
  conclusion: Conclusion,
  durationMs: number,
): void {
  const { outcome, state, parked, settledRun } = conclusion
  events.attemptEnded({ ...facts, number: claim.number, outcome, durationMs: Math.round(durationMs) })
  if (parked === 'credential') events.credentialParked({ ...facts, credentialId: claim.account.credentialId })
  if (parked === 'account') events.accountParked(facts)
  if (state !== 'waiting') events.syncSettled({ ...facts, state })
  if (settledRun) events.runSettled({ jobId: facts.jobId, runId: facts.runId, state: settledRun.state })
}

/** What the queue is told after the ledger knows. */
function verdictOf(end: End, { state }: Conclusion, result: Json): Verdict {
  if (end.kind === 'ok') return { kind: 'done', result }
  if (end.kind === 'handed-back') return { kind: 'hand-back' }
  if (end.kind === 'made-way') return { kind: 'wait', after: wayMade }
  const { error, outcome } = end
  switch (outcome.kind) {
    case 'retry':
      return { kind: 'retry', after: outcome.after, error }
    case 'wait':
      return { kind: 'wait', after: outcome.after }
    case 'defer':
    case 'partial':
      return { kind: 'done', result: { state, reason: error.message } }
    case 'park':
      return state === 'waiting' ? { kind: 'wait', after: 0 } : { kind: 'dead', error }
    case 'dead':
      return { kind: 'dead', error }
  }
}
