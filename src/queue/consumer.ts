import type { Redis } from 'ioredis'
import {
  DelayedError,
  type Job as BullJob,
  MetricsTime,
  UnrecoverableError,
  WaitingChildrenError,
  WaitingError,
  Worker,
} from 'bullmq'
import { AttemptInterruptedError } from '../job/errors'
import type { Json } from '../job/streams'
import { seconds } from '../lib/durations'
import { wait } from '../lib/wait'
import type { Verdict } from './verdict'

/** The same in every worker: the stall check is throttled for the whole fleet by one key. */
const lockDuration = seconds(8)
const stalledInterval = seconds(4)

/** The backoff type of every job we add; its waits come with the error. */
export const decidedBackoff = 'decided'

/** How long a job waits whose handler could not even say what happened (Postgres is away). */
const unsettledWait = seconds(5)

export type Handler<Data> = (bullJob: BullJob<Data>, token: string, signal: AbortSignal) => Promise<Verdict>

export interface ConsumerOptions<Data> {
  readonly queue: string
  /** A worker's connection, shared by all consumers of the process. Its owner closes it. */
  readonly connection: Redis
  readonly prefix: string
  readonly concurrency: number
  readonly handle: Handler<Data>
  /** Hears of what a handler threw instead of giving a verdict, and of BullMQ's own errors. */
  readonly onError: (error: Error) => void
}

/** Takes jobs from one queue and does to them what its handler decides. */
export class Consumer<Data> implements AsyncDisposable {
  readonly #worker: Worker<Data, Json>
  readonly #active = new Map<string, AbortController>()
  readonly #options: ConsumerOptions<Data>

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
          backoffStrategy: (_attempts, _type, error) =>
            error instanceof BackoffError ? error.after : seconds(1),
        },
      },
    )
    this.#worker.on('error', options.onError)
    this.#worker.on('lockRenewalFailed', (ids) => {
      for (const id of ids) this.#active.get(id)?.abort(new AttemptInterruptedError('lease-lost'))
    })
  }

  /** Begins to take jobs; resolves once the connection stands. */
  async start(): Promise<void> {
    await this.#worker.waitUntilReady()
    void this.#worker.run().catch(this.#options.onError)
  }

  /** Takes no new jobs, and tells the active ones to hand themselves back. */
  async quiet(): Promise<void> {
    await this.#worker.pause(true)
    for (const controller of this.#active.values()) controller.abort(new AttemptInterruptedError('stopping'))
  }

  /** Waits up to `grace` milliseconds for the active jobs, then leaves the rest to the stall check. */
  async stop(grace: number): Promise<void> {
    await this.quiet()
    const late = new AbortController()
    const graceful = this.#worker.close().finally(() => late.abort())
    await Promise.race([graceful, wait(grace, late.signal).catch(() => undefined)])
    if (this.#active.size > 0) await this.#worker.close(true)
    else await graceful
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop(0)
  }

  async #process(bullJob: BullJob<Data, Json>, token: string): Promise<Json> {
    const id = bullJob.id ?? ''
    const controller = new AbortController()
    this.#active.set(id, controller)
    try {
      const verdict = await this.#options
        .handle(bullJob, token, controller.signal)
        .catch((thrown: unknown): Verdict => {
          const error = thrown instanceof Error ? thrown : new Error(String(thrown))
          this.#options.onError(error)
          return controller.signal.aborted
            ? { kind: 'hand-back' }
            : { kind: 'retry', after: unsettledWait, error }
        })
      return await carryOut(verdict, bullJob, token)
    } finally {
      this.#active.delete(id)
    }
  }
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
