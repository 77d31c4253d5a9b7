import { StorageUnavailableError, type SyncError, WaitError } from '../job/errors'
import { errorFacts, type Facts, type Logger } from './logger'
import type { Metrics, RowCounts } from './metrics'

/** Names a sync in every event about it. */
export type SyncFacts = {
  readonly jobId: string
  readonly runId: string
  readonly syncId: string
  readonly accountId: string
}

/** What happens to slots, runs and syncs on a worker: constant messages, the facts as fields, and the metrics they count in. */
export class RunEvents {
  readonly #logger: Logger
  readonly #metrics: Metrics

  constructor(logger: Logger, metrics: Metrics) {
    this.#logger = logger
    this.#metrics = metrics
  }

  slotRan(facts: { jobId: string; runId: string; lateMs: number }): void {
    this.#metrics.slotStarted({ jobId: facts.jobId, lateness: facts.lateMs })
    this.#metrics.runReached({ jobId: facts.jobId, state: 'running' })
    this.#logger.info('slot ran', { ...facts, lateMs: Math.round(facts.lateMs) })
  }

  /** Its tick came late, inside a window in which nothing starts. */
  slotWaits(facts: { jobId: string; dueAt: string; forMs: number }): void {
    this.#logger.info('slot waits for the end of a window', facts)
  }

  attemptStarted(facts: SyncFacts & { number: number; fence: string }): void {
    this.#logger.debug('attempt started', facts)
  }

  pageWritten(sync: SyncFacts, stream: string, counts: RowCounts): void {
    this.#metrics.pageWritten({ jobId: sync.jobId, stream, counts })
    this.#logger.debug('page written', { ...sync, stream, ...counts })
  }

  /** A sync's own remark. */
  noted(facts: SyncFacts & { note: string }): void {
    this.#logger.info('sync noted', facts)
  }

  /** The error may have a cause whose stack is all there is to find a bug by. One that only says to wait is no failure. */
  attemptFailed(facts: SyncFacts, error: SyncError): void {
    const stack =
      error.errorClass === 'bug' && error.cause instanceof Error ? framesOf(error.cause) : undefined
    // The connection logs its outage itself, once.
    const isTold = error instanceof StorageUnavailableError && error.isOutage
    const isWait = error instanceof WaitError
    const level = isTold ? 'debug' : isWait ? 'info' : 'warn'
    this.#logger[level](isWait ? 'attempt waits' : 'attempt failed', {
      ...facts,
      ...errorFacts(error),
      errorClass: error.errorClass,
      stack,
    })
  }

  attemptEnded(facts: SyncFacts & { number: number; outcome: string; durationMs: number }): void {
    this.#metrics.syncEnded({ jobId: facts.jobId, outcome: facts.outcome, duration: facts.durationMs })
    this.#logger.debug('attempt ended', facts)
  }

  /** Another attempt may have the account; nothing more was written under this one. The outage of Redis is logged, once. */
  attemptLost(facts: SyncFacts & { number: number; why: 'lease' | 'fence' | 'redis' }): void {
    this.#metrics.syncEnded({ jobId: facts.jobId, outcome: 'lost', duration: 0 })
    this.#logger[facts.why === 'redis' ? 'debug' : 'warn']('attempt lost', facts)
  }

  syncSettled(facts: SyncFacts & { state: string }): void {
    this.#logger.info('sync settled', facts)
  }

  runSettled(facts: { jobId: string; runId: string; state: string }): void {
    this.#metrics.runReached(facts)
    this.#logger.info('run settled', facts)
  }

  leaseRefused(facts: SyncFacts): void {
    this.#logger.info('lease refused', facts)
  }

  /** It lost its worker again and again without getting on, and is tried alone from now on. */
  syncIsolated(facts: SyncFacts & { crashesInARow: number }): void {
    this.#logger.warn('sync isolated', facts)
  }

  isolationRefused(facts: SyncFacts): void {
    this.#logger.info('sync waits to be tried alone', facts)
  }

  credentialParked(facts: SyncFacts & { credentialId: string }): void {
    this.#logger.error('credential parked', facts)
  }

  accountParked(facts: SyncFacts): void {
    this.#logger.error('account parked', facts)
  }

  credentialResumed(facts: SyncFacts & { credentialId: string }): void {
    this.#logger.info('credential resumed', facts)
  }

  accountResumed(facts: SyncFacts): void {
    this.#logger.info('account resumed', facts)
  }

  breakerOpened(facts: SyncFacts & { scope: string; subject: string }): void {
    this.#logger.warn('circuit breaker opened', facts)
  }

  breakerClosed(facts: SyncFacts & { scope: string; subject: string }): void {
    this.#logger.info('circuit breaker closed', facts)
  }

  /** Somebody has set other limits for a job while this worker runs, or they are over. */
  limitsChanged(facts: { jobId: string; concurrency: number; ratePercent: number }): void {
    this.#logger.info('limits changed', facts)
  }
}

/** What the leading scheduler does. */
export class WatchEvents {
  readonly #logger: Logger

  constructor(logger: Logger) {
    this.#logger = logger
  }

  leadTaken(facts: { holder: string }): void {
    this.#logger.info('lead taken', facts)
  }

  leadLost(facts: { holder: string }): void {
    this.#logger.warn('lead lost', facts)
  }

  deployRecorded(facts: { build: string; deployedBy: string }): void {
    this.#logger.info('deploy recorded', facts)
  }

  jobSchedulerAligned(facts: { jobId: string; change: string }): void {
    this.#logger.info('job scheduler aligned', facts)
  }

  /** It had vanished from Redis, or stopped. */
  scheduleRepaired(facts: { jobId: string; change: string }): void {
    this.#logger.warn('schedule repaired', facts)
  }

  pauseExpired(facts: { what: string; pausedBy: string }): void {
    this.#logger.info('pause is over', facts)
  }

  /** Somebody paused its queue by other means than ours. */
  pauseAdopted(facts: { what: string }): void {
    this.#logger.warn('queue found paused: taken over as a pause', facts)
  }

  queuePaused(facts: { jobId: string }): void {
    this.#logger.info('queue paused', facts)
  }

  queueResumed(facts: { jobId: string }): void {
    this.#logger.info('queue resumed', facts)
  }

  /** A person has set something of a job instead of the configuration. */
  overrideInForce(facts: { jobId: string; setting: string; madeBy: string }): void {
    this.#logger.info('override in force', facts)
  }

  /** It has expired, or somebody reverted or replaced it. */
  overrideOver(facts: { jobId: string; setting: string }): void {
    this.#logger.info('override over', facts)
  }

  slotSettled(facts: { jobId: string; dueAt: string; state: string; reason: string }): void {
    this.#logger.warn('slot settled by the leader', facts)
  }

  catchUpStarted(facts: { jobId: string; runId: string; dueAt: string }): void {
    this.#logger.warn('catch-up started', facts)
  }

  runSettled(facts: { jobId: string; runId: string; state: string }): void {
    this.#logger.warn('run settled by the leader', facts)
  }

  syncsCancelled(facts: { syncs: number }): void {
    this.#logger.warn('cancelled syncs ended by the leader', facts)
  }

  runDeadlinePassed(facts: { jobId: string; runId: string; syncs: number }): void {
    this.#logger.error('run ended at its deadline', facts)
  }

  runTakesLong(facts: { jobId: string; runId: string; tookMs: number; usualMs: number }): void {
    this.#logger.warn('run takes long', facts)
  }

  isolationEnded(facts: { syncId: string; state: string }): void {
    this.#logger.info('isolation ended', facts)
  }

  backfillRunStarted(facts: { jobId: string; backfillId: string; runId: string; syncs: number }): void {
    this.#logger.info('backfill run started', facts)
  }

  backfillDone(facts: { jobId: string; backfillId: string }): void {
    this.#logger.info('backfill done', facts)
  }

  /** Accounts that were kept out and may be synced again, and what is shut and tried. */
  incidentMoot(facts: { kind: string; subject: string }): void {
    this.#logger.info('incident closed: no enabled account is behind it any more', facts)
  }

  followUpStarted(facts: { jobId: string; runId: string; accounts: number; tries: number }): void {
    this.#logger.info('follow-up started', facts)
  }

  /** A gate has opened: the accounts that it kept out are taken up again. */
  heldUpReleased(facts: { kind: string; subject: string; accounts: number }): void {
    this.#logger.info('accounts released', facts)
  }

  syncsRequeued(facts: { gone: number; over: number }): void {
    this.#logger.warn('syncs queued again', facts)
  }

  stepWorksAgain(step: string): void {
    this.#logger.info('watchdog step works again', { step })
  }

  stepFailed(step: string, error: unknown): void {
    this.#logger.error('watchdog step failed', { step, ...errorFacts(error) } satisfies Facts)
  }
}

/** A stack without its message, which might quote a record. */
const framesOf = (error: Error): string =>
  (error.stack ?? '')
    .split('\n')
    .filter((line) => /^\s+at /.test(line))
    .join('\n')
