import { createServer } from 'node:http'
import type { Config } from '../../config/config'
import { configuredJobs } from '../../config/configured-jobs'
import { createApp, createStartingApp } from '../dashboard/app'
import { Passwords } from '../dashboard/passwords'
import { untilStored } from '../ledger/postgres/until-stored'
import { seedUsers } from '../ledger/users'
import { Disposables } from '../lib/disposables'
import { listen, stopListening } from '../lib/listen'
import { leaseBreaker } from '../queue/break-lease'
import { ExpiringValues } from '../queue/expiring-values'
import { SyncJobs } from '../queue/sync-jobs'
import { createLogger } from '../telemetry/logger'
import { Metrics } from '../telemetry/metrics'
import { Heartbeat, notHeard } from './heartbeat'
import { processIdentity } from './identity'
import { openQueues, openStores, untilMigrated } from './stores'

/** The process that people look at: login, fleet page, Bull Board. Any number of replicas may run at once. */
export class Dashboard implements AsyncDisposable {
  readonly #config: Config
  readonly #owned = new Disposables()

  private constructor(config: Config) {
    this.#config = config
  }

  /** Opens nothing yet. */
  static create(config: Config): Dashboard {
    return new Dashboard(config)
  }

  /**
   * Resolves with the port once people can log in. Waits for Redis, Postgres and migrations until `signal` aborts;
   * monitors get their answers meanwhile. Fails with a message that names PORT where the port cannot be had.
   */
  async start(signal: AbortSignal): Promise<number> {
    const config = this.#config
    const logger = createLogger({ level: config.logLevel, processName: 'dashboard' })
    const metrics = new Metrics('dashboard')
    const identity = processIdentity()
    const { database, redis, health, markStarted } = openStores(
      config,
      { name: 'dashboard', identity, connections: 4, logger, metrics },
      this.#owned,
      signal,
    )
    const monitors = { health, metrics, metricsToken: config.metricsToken }
    let app = createStartingApp(monitors)
    const server = createServer((request, response) => void app(request, response))
    this.#owned.defer(async () => stopListening(server, config.shutdownGrace))
    const port = await listen(server, config.dashboard.port, 'PORT')

    const queues = await openQueues(config, redis, this.#owned, signal)
    // Requests may still use the queues: they end first.
    this.#owned.defer(async () => stopListening(server, config.shutdownGrace))
    const opened = {
      queues,
      syncJobs: new SyncJobs(queues, redis, (jobId) => config.jobs[jobId]?.attempts ?? 1),
      breakLease: leaseBreaker(redis, config.redis.prefix),
    }
    await untilMigrated(database, logger, signal)
    const passwords = new Passwords()
    const hash = async (text: string) => passwords.hash(text)
    const seeded = await untilStored(() => seedUsers(database, config.dashboard.users, hash), signal)
    if (seeded > 0) logger.info('users added from the settings', { users: seeded })
    app = createApp({
      ...monitors,
      jobs: configuredJobs(config),
      database,
      queues: queues.all,
      tools: {
        database,
        queues: async () => opened,
        allowsSeconds: config.environment === 'development' || config.environment === 'test',
        signal,
      },
      checkAccounts: async function* (accounts, stop) {
        const { checkAtVendors } = await import('./account-checks.js')
        yield* checkAtVendors(config, accounts, stop)
      },
      values: new ExpiringValues(redis, config.redis.prefix),
      passwords,
      sessionSecret: config.dashboard.sessionSecret,
      secureCookies: config.environment === 'production' || config.environment === 'staging',
      environment: config.environment,
      logger,
      clock: () => new Date(),
    })
    this.#owned
      .use(new Heartbeat({ database, kind: 'dashboard', identity, failed: notHeard(logger) }))
      .start()
    markStarted()
    logger.info('dashboard started', { port })
    return port
  }

  /** Answers the requests under way, then closes what they needed. Safe twice, and before start. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned[Symbol.asyncDispose]()
  }
}
