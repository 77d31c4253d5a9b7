import type { SyncError } from '../job/errors'
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

  /** The error may have a cause whose stack is all there is to find a bug by. */
  attemptFailed(facts: SyncFacts, error: SyncError): void {
    const stack =
      error.errorClass === 'bug' && error.cause instanceof Error ? framesOf(error.cause) : undefined
    this.#logger.warn('attempt failed', {
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

  /** Another attempt has the account; nothing more was written under this one. */
  attemptLost(facts: SyncFacts & { number: number; why: 'lease' | 'fence' }): void {
    this.#metrics.syncEnded({ jobId: facts.jobId, outcome: 'lost', duration: 0 })
    this.#logger.warn('attempt lost', facts)
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

  credentialParked(facts: SyncFacts & { credentialId: string }): void {
    this.#logger.error('credential parked', facts)
  }

  accountParked(facts: SyncFacts): void {
    this.#logger.error('account parked', facts)
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

  slotSettled(facts: { jobId: string; dueAt: string; state: string; reason: string }): void {
    this.#logger.warn('slot settled by the leader', facts)
  }

  catchUpStarted(facts: { jobId: string; runId: string; dueAt: string }): void {
    this.#logger.warn('catch-up started', facts)
  }

  runSettled(facts: { jobId: string; runId: string; state: string }): void {
    this.#logger.warn('run settled by the leader', facts)
  }

  backfillRunStarted(facts: { jobId: string; backfillId: string; runId: string; syncs: number }): void {
    this.#logger.info('backfill run started', facts)
  }

  backfillDone(facts: { jobId: string; backfillId: string }): void {
    this.#logger.info('backfill done', facts)
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
