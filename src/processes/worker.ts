import type { Config } from '../../config/config'
import { configuredJobs } from '../../config/configured-jobs'
import { syncs } from '../../jobs/syncs'
import type { Job } from '../job/define-job'
import type { AnySync } from '../job/sync'
import { currentBuild } from '../lib/build'
import type { Database } from '../ledger/postgres/database'
import { Disposables } from '../lib/disposables'
import { seconds } from '../lib/durations'
import { runsQueue } from '../queue/bull-jobs'
import { connect } from '../queue/connection'
import type { Consumer } from '../queue/consumer'
import { Leases } from '../queue/leases'
import { runConsumer } from '../queue/run-consumer'
import { syncConsumer } from '../queue/sync-consumer'
import { SyncJobs } from '../queue/sync-jobs'
import type { PerformableJob } from '../runs/attempt/drive-sync'
import { liveWork } from '../runs/attempt/live-work'
import { performSync } from '../runs/attempt/perform-sync'
import { CancelWatch } from '../runs/cancel/cancel-watch'
import { LiveSettings } from '../runs/control/live-settings'
import { carryOutRun } from '../runs/slots/carry-out-run'
import { RunEvents } from '../telemetry/events'
import { HealthServer } from '../telemetry/health'
import { createLogger, errorFacts, type Logger } from '../telemetry/logger'
import { Metrics } from '../telemetry/metrics'
import { ClockWatch } from './clock-watch'
import { Heartbeat, notHeard } from './heartbeat'
import { processIdentity } from './identity'
import { openQueues, openStores, type Stores, untilMigrated } from './stores'
import { syncDoors } from './sync-doors'

/** Planning a run is short and waiting for it holds no place, so a few places serve all nine jobs. */
const runsAtOnce = 5

/** How long after the grace syncs may be handed back that hung because Postgres was silent. */
const handBack = seconds(2)

/** A sync holds a connection during a page only. */
const connectionsAtMost = 20

/** Consumes the queue of runs and the queues of its jobs. Scaled by the number of its replicas. */
export class Worker implements AsyncDisposable {
  readonly #config: Config
  readonly #logger: Logger
  readonly #metrics = new Metrics('worker')
  readonly #identity = processIdentity()
  readonly #owned = new Disposables()

  private constructor(config: Config) {
    this.#config = config
    this.#logger = createLogger({ level: config.logLevel, processName: 'worker' })
  }

  static create(config: Config): Worker {
    return new Worker(config)
  }

  /** Resolves once it takes jobs. Waits for Redis, Postgres and migrations until `signal` aborts. */
  async start(signal: AbortSignal): Promise<void> {
    const config = this.#config
    const jobs = configuredJobs(config)
    const performable = performableOf(jobs, config.worker.jobs)
    const places = [...performable.values()].reduce(
      (sum, { job }) => sum + job.effective.concurrency,
      runsAtOnce,
    )
    const stores = openStores(
      config,
      {
        name: 'worker',
        identity: this.#identity,
        connections: Math.min(places, connectionsAtMost),
        logger: this.#logger,
        metrics: this.#metrics,
      },
      this.#owned,
      signal,
    )
    const { health, markStarted } = stores
    await this.#owned
      .use(
        new HealthServer({
          port: config.healthPort,
          health,
          metrics: this.#metrics,
          metricsToken: config.metricsToken,
        }),
      )
      .start()
    await this.#consume(stores, jobs, performable, signal)
    markStarted()
  }

  /** Hands active syncs back first; what they need ends after them. Safe twice, and before start. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned[Symbol.asyncDispose]()
  }

  async #consume(
    { database, redis }: Stores,
    jobs: readonly Job[],
    performable: ReadonlyMap<string, PerformableJob>,
    signal: AbortSignal,
  ): Promise<void> {
    const config = this.#config
    const logger = this.#logger
    const queues = await openQueues(config, redis, this.#owned, signal)
    await untilMigrated(database, logger, signal)

    const events = new RunEvents(logger, this.#metrics)
    const build = currentBuild()
    const attempter = { worker: this.#identity, build: build.name }
    const leases = this.#owned.use(
      new Leases(redis, config.redis.prefix, (error) => logger.warn('leases not renewed', errorFacts(error))),
    )
    const cancelWatch = this.#owned.use(
      new CancelWatch(database, (error) => logger.warn('cancellations not seen', errorFacts(error))),
    )
    const onError = (error: unknown) => logger.warn('settings not seen', errorFacts(error))
    const settings = this.#owned.use(await LiveSettings.open({ database, jobs, onError }))
    const perform = performSync({
      database,
      leases,
      attempter,
      events,
      jobs: performable,
      doors: syncDoors({
        config,
        redis,
        owned: this.#owned,
        onCall: ({ host, status, outcome }) =>
          this.#metrics.vendorCalled({ vendor: host, status: status ?? outcome }),
        ratePercentOf: (jobId) => settings.of(jobId).ratePercent,
      }),
      random: Math.random,
      liveWork: liveWork(database, async (jobId) => queues.of(jobId).getWaitingCount()),
      cancelWatch,
    })
    const connection = connect({ ...config.redis, role: 'worker', name: 'syncfleet-worker-queues' }, logger)
    this.#owned.defer(() => connection.disconnect())
    const shared = {
      connection,
      prefix: config.redis.prefix,
      onError: (error: Error) => logger.warn('queue trouble', errorFacts(error)),
    }
    const carryOut = carryOutRun(database, settings.jobs, events)
    const syncJobs = new SyncJobs(queues, redis, (jobId) => config.jobs[jobId]?.attempts ?? 1)
    const consumers: Consumers = [
      runConsumer({ ...shared, queue: runsQueue, concurrency: runsAtOnce }, carryOut, syncJobs),
      ...[...performable.keys()].map((id) =>
        syncConsumer({ ...shared, queue: id, concurrency: settings.of(id).effective.concurrency }, perform),
      ),
    ]
    const active = () => Object.fromEntries(consumers.map(({ queue, active: count }) => [queue, count]))
    // It says what is handed back, too: it ends after them.
    this.#owned
      .use(
        new Heartbeat({
          database,
          kind: 'worker',
          identity: this.#identity,
          active,
          failed: notHeard(logger),
        }),
      )
      .start()
    this.#owned.defer(() => this.#stop(consumers))
    await Promise.all(consumers.map((consumer) => consumer.start()))
    this.#watchClock(database, consumers)
    settings.follow(({ id, effective: { concurrency }, ratePercent }) => {
      const consumer = consumers.find(({ queue }) => queue === id)
      if (!consumer) return
      consumer.setConcurrency(concurrency)
      events.limitsChanged({ jobId: id, concurrency, ratePercent })
    })
    logger.info('worker started', {
      build: build.name,
      worker: attempter.worker,
      jobs: [...performable.keys()].join(' '),
    })
  }

  /** A worker whose clock is ahead would run what is not due yet, before any other could. */
  #watchClock(database: Database, consumers: Consumers): void {
    const hold = async (isHeld: boolean) => {
      await Promise.all(consumers.map((consumer) => consumer.hold(isHeld)))
    }
    this.#owned
      .use(
        new ClockWatch({
          database,
          off: async (distance) => {
            this.#logger.error('clock is off: no work is taken', { aheadMs: Math.round(distance) })
            await hold(true)
          },
          right: async () => {
            await hold(false)
            this.#logger.info('clock is right again')
          },
          failed: (error) => this.#logger.warn('clock not compared', errorFacts(error)),
        }),
      )
      .start()
  }

  /** Quiet all of them before waiting for any, so that none takes what another hands back. */
  async #stop(consumers: Consumers): Promise<void> {
    await Promise.all(consumers.map((consumer) => consumer.quiet()))
    await Promise.all(consumers.map((consumer) => consumer.stop(this.#config.shutdownGrace + handBack)))
  }
}

type Consumers = readonly Pick<
  Consumer<unknown>,
  'queue' | 'active' | 'setConcurrency' | 'hold' | 'start' | 'quiet' | 'stop'
>[]

/** The jobs that this worker was told to perform and that have a sync. */
function performableOf(jobs: readonly Job[], wanted: readonly string[]): Map<string, PerformableJob> {
  const bySync: Readonly<Record<string, AnySync>> = syncs
  const performable = new Map<string, PerformableJob>()
  for (const job of jobs) {
    const sync = bySync[job.id]
    if (sync && wanted.includes(job.id)) performable.set(job.id, { job, sync })
  }
  return performable
}
