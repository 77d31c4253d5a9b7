import { createHmac } from 'node:crypto'
import type { VendorHost } from '../../../src/job/http'
import type { RateLimiter } from '../../../src/job/rate-limiter'
import type { AnySync } from '../../../src/job/sync'
import { findSync } from '../../../src/ledger/work/syncs'
import { Disposables } from '../../../src/lib/disposables'
import { Leases } from '../../../src/queue/leases'
import type { PerformSync } from '../../../src/queue/sync-consumer'
import type { Verdict } from '../../../src/queue/verdict'
import { CancelWatch } from '../../../src/runs/cancel/cancel-watch'
import { type GateRules, gateRules } from '../../../src/runs/gates/gates'
import { liveWork } from '../../../src/runs/attempt/live-work'
import type { SyncDoors } from '../../../src/runs/attempt/drive-sync'
import { performSync } from '../../../src/runs/attempt/perform-sync'
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

/** They wait by Postgres' clock, which does not follow the one that a case moves on. */
const withoutBreakers: GateRules = {
  ...gateRules,
  breakers: { ...gateRules.breakers, accountFailures: Infinity, credentialFailures: Infinity },
}

/** One worker: makes attempts at syncs with the real engine, a real door and leases of its own. */
export class JobWorker implements AsyncDisposable {
  readonly leases: Leases
  readonly http: VendorDoor
  readonly doors: SyncDoors
  readonly #engine: JobEngine
  readonly #owned = new Disposables()
  readonly #cancelWatch: CancelWatch
  readonly #attempt: PerformSync

  constructor(engine: JobEngine, { baseUrls, limiter, onCall }: WorkerOptions) {
    this.#engine = engine
    const { redis, prefix } = engine.queues
    this.leases = this.#owned.use(new Leases(redis, prefix, () => undefined))
    this.#cancelWatch = this.#owned.use(new CancelWatch(engine.database, () => undefined))
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
    const found = await findSync(this.#engine.database, syncId)
    return perform(
      { syncId, version: this.#engine.job.version },
      {
        signal: signal ?? new AbortController().signal,
        // Whoever finds it running comes after a worker that died or froze.
        stalls: (found?.stalls ?? 0) + (found?.state === 'running' ? 1 : 0),
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
      cancelWatch: this.#cancelWatch,
      gates: withoutBreakers,
      doors: this.doors,
    })
  }
}
