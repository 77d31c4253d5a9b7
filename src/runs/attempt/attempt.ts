import {
  AttemptInterruptedError,
  FenceLostError,
  StorageUnavailableError,
  type SyncError,
  WorkerCrashedError,
} from '../../job/errors'
import { untilStored } from '../../ledger/postgres/until-stored'
import { countCrash, endAttempt } from '../../ledger/work/attempts'
import type { SyncRow } from '../../ledger/work/syncs'
import { seconds } from '../../lib/durations'
import type { Lease } from '../../queue/leases'
import { isAway } from '../../queue/refusals'
import type { SyncTools } from '../../queue/sync-consumer'
import type { Verdict } from '../../queue/verdict'
import type { RunEvents, SyncFacts } from '../../telemetry/events'
import { tellGate } from '../gates/gates'
import { AttemptLimits } from './attempt-limits'
import { ageOf, type Claim, type ClaimSync } from './claim-sync'
import { concludeAttempt, type Conclusion, type End } from './conclude-attempt'
import { driveSync, type PerformableJob } from './drive-sync'
import { crashesAtMost, isolationDelay, isSuspect } from './isolation'
import { mustMakeWay } from './live-work'
import { decideOutcome, syncErrorOf } from './outcome'
import { PageWriter } from './page-writer'
import type { PerformOptions } from './perform-sync'
import { Reporter } from './reporter'
import { verdictOf, verdictOfSettled } from './verdicts'

/** How soon a sync looks again whose account another one is working on. */
export const leaseTaken = seconds(3)

/** What many attempts of one worker do at once. */
export interface Together {
  readonly claim: ClaimSync
  readonly settle: (claim: Claim) => Promise<Conclusion>
}

/** A sync whose leases are held. */
interface Ready {
  readonly performable: PerformableJob
  readonly found: SyncRow
  readonly lease: Lease
  /** What a suspect holds until its first page clears it. */
  readonly isolation: Lease | undefined
  readonly tools: SyncTools
  readonly facts: SyncFacts
}

/** Claims the account, drives the job's sync to an end, and concludes it. */
export async function makeAttempt(
  options: PerformOptions,
  together: Together,
  ready: Ready,
): Promise<Verdict> {
  const { database, events } = options
  const { found, lease, isolation, tools, facts } = ready
  const leases = [lease.signal, ...(isolation ? [isolation.signal] : [])]
  const claimed = await together.claim(found, tools.stalls)
  if ('settled' in claimed) return verdictOfSettled(claimed.settled)
  if ('waits' in claimed) return { kind: 'wait', after: claimed.waits }
  const { claim } = claimed
  const startedAt = performance.now()
  events.attemptStarted({ ...facts, number: claim.number, fence: claim.fence })
  const report = new Reporter(tools, events, facts)
  using watched = options.cancelWatch.watch(claim.sync.id)
  using limits = new AttemptLimits(ready.performable.job.effective, {
    cancelled: watched.signal,
    others: [tools.signal, ...leases],
  })
  const end = suspicionOf(found, claim.sync) ?? (await endOf(options, ready, claim, limits, report))
  const leaseLost = () => lost(options, claim, facts, leases.some(isLostInOutage) ? 'redis' : 'lease')
  if (end === 'lost') return await leaseLost()
  try {
    // While Postgres is away nobody else can claim the account either.
    const conclusion = await untilStored(
      () =>
        end.kind === 'ok' ? together.settle(claim) : concludeAttempt(database, claim, end, options.gates),
      AbortSignal.any([tools.signal, ...leases]),
    )
    report.finish()
    tell(events, facts, claim, conclusion, performance.now() - startedAt)
    if (end.kind === 'isolated') events.syncIsolated({ ...facts, crashesInARow: claim.sync.crashesInARow })
    return verdictOf(end, conclusion, { state: conclusion.state, ...report.totals })
  } catch (error) {
    if (error instanceof FenceLostError) return await lost(options, claim, facts, 'fence')
    if (error instanceof AttemptInterruptedError && error.cut === 'lease-lost') return await leaseLost()
    // An end that cannot be written would be tried again without end.
    if (isOurs(error)) await countCrash(database, claim.sync.id, claim.number)
    throw error
  }
}

/** True where neither an outage nor the end of the worker explains it: it is an error of our own code. */
const isOurs = (error: unknown): boolean =>
  !(error instanceof AttemptInterruptedError || error instanceof StorageUnavailableError) &&
  !(error instanceof Error && isAway(error))

/** Not to be performed now: it turns out that its worker went down again, and the isolation that it needs was not taken. */
function suspicionOf(found: SyncRow, claimed: SyncRow): End | undefined {
  const isNews = claimed.crashesInARow > found.crashesInARow
  if (!isNews || !isSuspect(claimed) || claimed.crashesInARow >= crashesAtMost) return undefined
  return { kind: 'isolated', after: isolationDelay(claimed) }
}

/** Drives the sync to its end, and says which end that is. */
async function endOf(
  options: PerformOptions,
  { performable, isolation }: Ready,
  claim: Claim,
  limits: AttemptLimits,
  report: Reporter,
): Promise<End | 'lost'> {
  const { signal, cut } = limits
  let isCleared = false
  try {
    const { crashesInARow } = claim.sync
    if (crashesInARow >= crashesAtMost)
      throw new WorkerCrashedError(`the sync lost its worker ${crashesInARow} times in a row`)
    const writer = new PageWriter(options.database, performable.job, claim, { signal: cut })
    const pages = driveSync(performable, claim, options.doors, options.database, {
      signal,
      cut,
      now: claim.account.now,
      note: report.note,
    })
    for await (const page of pages) {
      report.pageWritten(page.stream, await writer.write(page))
      limits.pageWritten()
      if (!isCleared) await isolation?.[Symbol.asyncDispose]()
      isCleared = true
      signal.throwIfAborted()
      if (await mustMakeWay(options.liveWork, claim, page)) return { kind: 'made-way' }
    }
    return { kind: 'ok' }
  } catch (thrown) {
    if (thrown instanceof FenceLostError) return 'lost'
    // Whatever an aborted request threw, the reason for the abort is what ended the attempt.
    const cause: unknown = signal.aborted ? signal.reason : thrown
    if (cause instanceof AttemptInterruptedError) return interrupted(cause)
    // A deadline that passed while our own store was silent is no fault of the sync.
    const error = thrown instanceof StorageUnavailableError ? thrown : syncErrorOf(cause)
    return failedEnd(options, performable, claim, error, report)
  }
}

function interrupted({ cut }: AttemptInterruptedError): End | 'lost' {
  switch (cut) {
    case 'stopping':
      return { kind: 'handed-back' }
    case 'cancelled':
      return { kind: 'cancelled' }
    case 'lease-lost':
      return 'lost'
  }
}

function failedEnd(
  options: PerformOptions,
  { job }: PerformableJob,
  claim: Claim,
  error: SyncError,
  report: Reporter,
): End {
  report.failed(error)
  const { failures } = claim.sync
  const age = ageOf(claim) + report.elapsed
  const outcome = decideOutcome(error, job.effective, failures + 1, options.random(), age)
  return { kind: 'failed', error, outcome }
}

/** A lease that lapsed because Redis is away. */
const isLostInOutage = ({ aborted, reason }: AbortSignal): boolean =>
  aborted &&
  reason instanceof AttemptInterruptedError &&
  reason.cause instanceof Error &&
  isAway(reason.cause)

/** Another attempt has the account: nothing of ours counts any more, and our row among the attempts is all there is to end. */
async function lost(
  { database, events }: PerformOptions,
  { sync, number, tally }: Claim,
  facts: SyncFacts,
  why: 'lease' | 'fence' | 'redis',
): Promise<Verdict> {
  events.attemptLost({ ...facts, number, why })
  await endAttempt(database, sync.id, number, 'lost', { spent: tally })
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
  const { outcome, state, gates = [], settledRun } = conclusion
  events.attemptEnded({ ...facts, number: claim.number, outcome, durationMs: Math.round(durationMs) })
  for (const change of gates) tellGate(events, facts, change)
  if (state !== 'waiting') events.syncSettled({ ...facts, state })
  if (settledRun) events.runSettled({ jobId: facts.jobId, runId: facts.runId, state: settledRun.state })
}
