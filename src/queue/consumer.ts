import {
  DelayedError,
  ErrorCode,
  type Job as BullJob,
  MetricsTime,
  UnrecoverableError,
  WaitingChildrenError,
  WaitingError,
  Worker,
} from 'bullmq'
import { AttemptInterruptedError, StorageUnavailableError } from '../job/errors'
import type { Json } from '../job/streams'
import { seconds } from '../lib/durations'
import { wait } from '../lib/wait'
import { repeatStrategy } from './bull-jobs'
import { isOutage, isUsable, type Redis } from './connection'
import { isAway, isToldElsewhere } from './refusals'
import type { Verdict } from './verdict'

/** The same in every worker: the stall check is throttled for the whole fleet by one key. */
const lockDuration = seconds(8)
const stalledInterval = seconds(2)

/** How long a job waits whose handler could not even say what happened. */
const unsettledWait = seconds(5)
/** How long at least where that is because Postgres or Redis is away; uneven, so that not all come back at once. */
const outageWait = seconds(3)

export type Handler<Data> = (bullJob: BullJob<Data>, token: string, signal: AbortSignal) => Promise<Verdict>

export interface ConsumerOptions<Data> {
  readonly queue: string
  /** A worker's connection, shared by all consumers of the process. Its owner closes it. */
  readonly connection: Redis
  readonly prefix: string
  /** To start with. */
  readonly concurrency: number
  readonly handle: Handler<Data>
  /** Hears of what a handler threw instead of giving a verdict, and of BullMQ's own errors; never of an outage of Redis or Postgres. */
  readonly onError: (error: Error) => void
}

/** Takes jobs from one queue and does to them what its handler decides. */
export class Consumer<Data> implements AsyncDisposable {
  readonly #worker: Worker<Data, Json>
  /** A job that lost its lock may be here twice. */
  readonly #active = new Set<ActiveJob>()
  readonly #options: ConsumerOptions<Data>
  #isStarted = false
  #isQuiet = false
  #isHeld = false

  constructor(options: ConsumerOptions<Data>) {
    this.#options = options
    this.#worker = new Worker<Data, Json>(
      options.queue,
      (bullJob, token) => this.#process(bullJob, token ?? ''),
      {
        connection: options.connection,
        prefix: options.prefix,
        concurrency: options.concurrency,
        autorun: false,
        lockDuration,
        stalledInterval,
        // The ledger counts crashes per sync; BullMQ would fail a job that two deploys cut short, and call nobody.
        maxStalledCount: Number.MAX_SAFE_INTEGER,
        metrics: { maxDataPoints: MetricsTime.ONE_WEEK },
        settings: {
          repeatStrategy,
          backoffStrategy: (_attempts, _type, error) =>
            error instanceof BackoffError ? error.after : seconds(1),
        },
      },
    )
    this.#worker.on('error', (error) => {
      if (!isOutage(options.connection, error) && !isJobLost(error)) options.onError(error)
    })
    this.#worker.on('lockRenewalFailed', (ids) => {
      const lost = [...this.#active].filter(({ id }) => ids.includes(id))
      for (const { controller } of lost) controller.abort(new AttemptInterruptedError('lease-lost'))
    })
  }

  get queue(): string {
    return this.#options.queue
  }

  /** How many jobs it has in hand. */
  get active(): number {
    return this.#active.size
  }

  /** Begins to take jobs; resolves once the connection stands. */
  async start(): Promise<void> {
    await this.#worker.waitUntilReady()
    this.#isStarted = true
    void this.#worker.run().catch(this.#options.onError)
  }

  /** Takes so many jobs at once from now on; those that are too many by then go on to their end. */
  setConcurrency(concurrency: number): void {
    const isRaised = concurrency > this.#worker.concurrency
    this.#worker.concurrency = concurrency
    // BullMQ looks for places when a job ends, and when it is resumed: with all places taken, none might end for an hour.
    if (isRaised && this.#isStarted) void this.#lookForPlaces().catch(this.#options.onError)
  }

  async #lookForPlaces(): Promise<void> {
    await this.#worker.pause(true)
    await this.#resume()
  }

  /** Takes no new jobs while it is held; the active ones go on. */
  async hold(isHeld: boolean): Promise<void> {
    this.#isHeld = isHeld
    if (isHeld) await this.#worker.pause(true)
    else await this.#resume()
  }

  async #resume(): Promise<void> {
    if (!this.#isQuiet && !this.#isHeld) await this.#worker.resume()
  }

  /** Takes no new jobs, and tells the active ones to hand themselves back. */
  async quiet(): Promise<void> {
    this.#isQuiet = true
    await this.#worker.pause(true)
    for (const { controller } of this.#active) controller.abort(new AttemptInterruptedError('stopping'))
  }

  /** Waits up to `grace` milliseconds for the active jobs, then leaves the rest to the stall check. */
  async stop(grace: number): Promise<void> {
    await this.quiet()
    const ended = Promise.allSettled([...this.#active].map((active) => active.ended))
    const late = new AbortController()
    const isIdle = await Promise.race([
      ended.then(() => true),
      wait(grace, late.signal).then(
        () => false,
        () => false,
      ),
    ])
    late.abort()
    // Only now: BullMQ heeds the first call alone, and a gentle one waits without limit, for Redis too.
    await this.#worker.close(!isIdle || !isUsable(this.#options.connection))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop(0)
  }

  async #process(bullJob: BullJob<Data, Json>, token: string): Promise<Json> {
    // BullMQ was waiting for a job when it was told to take none.
    if (this.#isQuiet || this.#isHeld) return carryOut({ kind: 'hand-back' }, bullJob, token)
    const controller = new AbortController()
    const ended = this.#handle(bullJob, token, controller.signal)
    const active = { id: bullJob.id ?? '', controller, ended }
    this.#active.add(active)
    try {
      return await ended
    } finally {
      this.#active.delete(active)
    }
  }

  async #handle(bullJob: BullJob<Data, Json>, token: string, signal: AbortSignal): Promise<Json> {
    let verdict: Verdict
    try {
      verdict = await this.#options.handle(bullJob, token, signal)
    } catch (thrown) {
      const error = thrown instanceof Error ? thrown : new Error(String(thrown))
      if (!isToldElsewhere(error) && !(error instanceof AttemptInterruptedError)) this.#options.onError(error)
      verdict = signal.aborted ? { kind: 'hand-back' } : unsettled(error)
    }
    return carryOut(verdict, bullJob, token)
  }
}

const lost: readonly unknown[] = [ErrorCode.JobNotExist, ErrorCode.JobLockNotExist, ErrorCode.JobLockMismatch]

/**
 * BullMQ says so of each job that an outage or a pause of this process has cost us: its lock, whether or not somebody, also we
 * ourselves, has taken it again meanwhile, or all of it where Redis has forgotten it. It is told as an attempt that was lost,
 * or has its outcome already.
 */
const isJobLost = ({ code, message }: Error & { readonly code?: unknown }): boolean =>
  lost.includes(code) || message.startsWith('could not renew lock for job')

/** An outage is no fault of the job: it spends no attempt. */
const unsettled = (error: Error): Verdict =>
  error instanceof StorageUnavailableError || isAway(error)
    ? { kind: 'wait', after: Math.round(outageWait * (1 + Math.random())) }
    : { kind: 'retry', after: unsettledWait, error }

interface ActiveJob {
  readonly id: string
  readonly controller: AbortController
  readonly ended: Promise<Json>
}

/** Says a verdict in BullMQ's terms: a return value, or the error that stands for a move. */
async function carryOut(verdict: Verdict, bullJob: BullJob, token: string): Promise<Json> {
  switch (verdict.kind) {
    case 'done':
      return verdict.result
    case 'retry':
      // The ledger counts attempts, also over a wiped Redis or a retry by hand; BullMQ's count may run out earlier.
      if (bullJob.attemptsMade + 1 < (bullJob.opts.attempts ?? 1))
        throw new BackoffError(verdict.after, verdict.error)
      await bullJob.moveToDelayed(Date.now() + verdict.after, token)
      throw new DelayedError()
    case 'dead':
      throw new UnrecoverableError(verdict.error.message)
    case 'wait':
      await bullJob.moveToDelayed(Date.now() + verdict.after, token)
      throw new DelayedError()
    case 'wait-for-children':
      throw new WaitingChildrenError()
    case 'hand-back':
      await bullJob.moveToWait(token)
      throw new WaitingError()
  }
}

/** Carries the decided backoff to BullMQ's strategy; shows the failure's own message. */
class BackoffError extends Error {
  override name = 'BackoffError'
  readonly after: number

  constructor(after: number, cause: Error) {
    super(cause.message, { cause })
    this.after = after
    if (cause.stack) this.stack = cause.stack
  }
}
