import type { Config } from '../../config/config'
import { configuredJobs } from '../../config/configured-jobs'
import { currentBuild } from '../lib/build'
import { Disposables } from '../lib/disposables'
import { SyncJobs } from '../queue/sync-jobs'
import { Leader } from '../runs/watchdog/leader'
import { Watchdog } from '../runs/watchdog/watchdog'
import { WatchEvents } from '../telemetry/events'
import { HealthServer } from '../telemetry/health'
import { createLogger } from '../telemetry/logger'
import { Metrics } from '../telemetry/metrics'
import { Heartbeat, notHeard } from './heartbeat'
import { processIdentity } from './identity'
import { openQueues, openStores, untilMigrated } from './stores'

/**
 * Declares what runs when, and watches over it. Any number may run: one leads, the others wait for the lead.
 * It never performs a sync, and knows none.
 */
export class Scheduler implements AsyncDisposable {
  readonly #config: Config
  readonly #owned = new Disposables()

  private constructor(config: Config) {
    this.#config = config
  }

  static create(config: Config): Scheduler {
    return new Scheduler(config)
  }

  /** Resolves once it bids for the lead. Waits for Redis, Postgres and migrations until `signal` aborts. */
  async start(signal: AbortSignal): Promise<void> {
    const config = this.#config
    const logger = createLogger({ level: config.logLevel, processName: 'scheduler' })
    const metrics = new Metrics('scheduler')
    const identity = processIdentity()
    const { database, redis, health, markStarted } = openStores(
      config,
      { name: 'scheduler', identity, connections: 3, logger, metrics },
      this.#owned,
      signal,
    )
    await this.#owned
      .use(new HealthServer({ port: config.healthPort, health, metrics, metricsToken: config.metricsToken }))
      .start()
    const queues = await openQueues(config, redis, this.#owned, signal)
    await untilMigrated(database, logger, signal)

    const jobs = configuredJobs(config)
    const events = new WatchEvents(logger)
    const syncJobs = new SyncJobs(queues, redis, (jobId) => config.jobs[jobId]?.attempts ?? 1)
    const build = currentBuild()
    const candidate = { holder: identity, build: build.name, builtAt: build.builtAt }
    const leader = this.#owned.use(new Leader({ database, candidate, events, onLead: () => watchdog.wake() }))
    const watchdog: Watchdog = this.#owned.use(
      new Watchdog({
        database,
        queues,
        syncJobs,
        jobs,
        events,
        isLeading: () => leader.isLeading,
        build: build.name,
        deployedBy: config.deployedBy,
      }),
    )
    this.#owned
      .use(new Heartbeat({ database, kind: 'scheduler', identity, failed: notHeard(logger) }))
      .start()
    watchdog.start()
    leader.start()
    markStarted()
    logger.info('scheduler started', { build: build.name, holder: identity })
  }

  /** The watchdog ends its step before the lead is given up. Safe twice, and before start. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned[Symbol.asyncDispose]()
  }
}
