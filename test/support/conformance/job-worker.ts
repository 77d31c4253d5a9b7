import { createHmac } from 'node:crypto'
import type { VendorHost } from '../../../src/job/http'
import type { RateLimiter } from '../../../src/job/rate-limiter'
import type { AnySync } from '../../../src/job/sync'
import { Disposables } from '../../../src/lib/disposables'
import { Leases } from '../../../src/queue/leases'
import type { PerformSync } from '../../../src/queue/sync-consumer'
import type { Verdict } from '../../../src/queue/verdict'
import { liveWork } from '../../../src/runs/live-work'
import type { SyncDoors } from '../../../src/runs/drive-sync'
import { performSync } from '../../../src/runs/perform-sync'
import { RunEvents } from '../../../src/telemetry/events'
import { Metrics } from '../../../src/telemetry/metrics'
import { type VendorCall, VendorDoor } from '../../../src/vendors/http'
import { unlimited } from '../unlimited'
import type { JobEngine } from './job-engine'

export interface WorkerOptions {
  readonly baseUrls: Readonly<Record<VendorHost, string>>
  /** Real waits and this limiter; absent, there is no limit and waits end at once. */
  readonly limiter?: RateLimiter
  /** Hears of every request that was sent. */
  readonly onCall?: (call: VendorCall) => void
}

export interface AttemptOptions {
  readonly signal?: AbortSignal
  /** Stands between the engine and the job's sync. */
  readonly through?: (sync: AnySync) => AnySync
}

/** One worker: makes attempts at syncs with the real engine, a real door and leases of its own. */
export class JobWorker implements AsyncDisposable {
  readonly leases: Leases
  readonly http: VendorDoor
  readonly doors: SyncDoors
  readonly #engine: JobEngine
  readonly #owned = new Disposables()
  readonly #attempt: PerformSync

  constructor(engine: JobEngine, { baseUrls, limiter, onCall }: WorkerOptions) {
    this.#engine = engine
    const { redis, prefix } = engine.queues
    this.leases = this.#owned.use(new Leases(redis, prefix, () => undefined))
    const atOnce = async (_: number, signal: AbortSignal): Promise<void> => signal.throwIfAborted()
    this.http = this.#owned.use(
      new VendorDoor({
        baseUrls,
        trustsPlainHttpSettings: true,
        versions: { salesforce: 'v67.0', googleAds: 'v25', metaGraph: 'v26.0' },
        limiter: limiter ?? unlimited,
        version: 'conformance',
        now: engine.clock.now,
        random: () => 0.5,
        ...(limiter ? {} : { wait: atOnce }),
        ...(onCall ? { onCall } : {}),
      }),
    )
    const { box } = engine
    this.doors = {
      http: this.http,
      unseal: (sealed, credentialId) => box.open(sealed, credentialId),
      pseudonym: (value) => createHmac('sha256', 'pepper').update(value).digest('hex'),
    }
    this.#attempt = this.#perform(engine.sync)
  }

  /** One attempt at a sync. */
  async attempt(syncId: string, { signal, through }: AttemptOptions = {}): Promise<Verdict> {
    const perform = through ? this.#perform(through(this.#engine.sync)) : this.#attempt
    return perform(
      { syncId, version: this.#engine.job.version },
      {
        signal: signal ?? new AbortController().signal,
        stalls: 0,
        progress: async () => undefined,
        log: async (line) => void this.#engine.log.lines.push(line),
      },
    )
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned[Symbol.asyncDispose]()
  }

  #perform(sync: AnySync): PerformSync {
    const { database, job, log, queues } = this.#engine
    return performSync({
      database,
      leases: this.leases,
      attempter: { worker: 'conformance', build: 'conformance' },
      events: new RunEvents(log, new Metrics('conformance')),
      jobs: new Map([[job.id, { job, sync }]]),
      random: () => 1,
      liveWork: liveWork(database, async (jobId) => queues.queues.of(jobId).getWaitingCount()),
      doors: this.doors,
    })
  }
}
