import type { Config } from '../../config/config'
import { isMigrated } from '../ledger/migrate'
import { Database } from '../ledger/postgres/database'
import type { Disposables } from '../lib/disposables'
import { seconds } from '../lib/durations'
import { wait } from '../lib/wait'
import { connect, ready, type Redis } from '../queue/connection'
import { createQueues, type Queues, queuesAnswer } from '../queue/queues'
import { type Check, Health } from '../telemetry/health'
import { errorFacts, type Logger, withoutFacts } from '../telemetry/logger'
import type { Metrics } from '../telemetry/metrics'
import { clockDistance, clockTolerance } from './clock-distance'

/** What every process of the fleet holds: the ledger, one connection for commands, and the queues. */
export interface Stores {
  readonly database: Database
  readonly redis: Redis
  readonly health: Health
  /** From here on the process is ready while its checks pass. */
  readonly markStarted: () => void
}

/**
 * Opens the ledger and the connection that fails fast; `owned` closes them. Neither need be there yet.
 * Once `signal` has told the process to stop, it waits for a silent Postgres no longer than its grace.
 */
export function openStores(
  config: Config,
  process: {
    readonly name: string
    readonly identity: string
    readonly connections: number
    readonly logger: Logger
    readonly metrics: Metrics
  },
  owned: Disposables,
  signal: AbortSignal,
): Stores {
  const { logger, metrics } = process
  const database = owned.use(
    new Database({
      url: config.database.url,
      schema: config.database.schema,
      applicationName: `syncfleet ${process.name} ${process.identity}`,
      connections: process.connections,
      outages: {
        lost: (error) => withoutFacts(() => logger.error('postgres lost', errorFacts(error))),
        back: (outageMs) => withoutFacts(() => logger.info('postgres back', { outageMs })),
      },
    }),
  )
  const abandonLater = (): void => void setTimeout(() => database.abandon(), config.shutdownGrace).unref()
  signal.addEventListener('abort', abandonLater, { once: true })
  const redis = connect({ ...config.redis, role: 'producer', name: `syncfleet-${process.name}` }, logger)
  owned.defer(() => redis.disconnect())
  let isStarted = false
  const checks = {
    started: async () => {
      if (!isStarted) throw new Error('still starting')
    },
    redis: () => queuesAnswer(redis, config.redis.prefix),
    postgres: () => database.check(),
    clock: clockCheck(database),
  }
  const health = new Health({ checks, logger, onResult: metrics.dependencyChecked })
  return { database, redis, health, markStarted: () => (isStarted = true) }
}

/** The queues of all nine jobs, once Redis is there. */
export async function openQueues(
  config: Config,
  redis: Redis,
  owned: Disposables,
  signal: AbortSignal,
): Promise<Queues> {
  await ready(redis, signal)
  return owned.use(createQueues(redis, config.redis.prefix, Object.keys(config.jobs)))
}

/** Waits until Postgres answers and its schema is the one this build needs; says once what it waits for. */
export async function untilMigrated(database: Database, logger: Logger, signal: AbortSignal): Promise<void> {
  let told: string | undefined
  for (;;) {
    const missing = await whatIsMissing(database)
    if (missing === undefined) return
    if (missing !== told) logger.warn('waiting for the ledger', { missing })
    told = missing
    await wait(seconds(1), signal)
  }
}

async function whatIsMissing(database: Database): Promise<string | undefined> {
  try {
    return (await isMigrated(database)) ? undefined : 'migrations: run `syncfleet migrate`'
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

const clockCheck =
  (database: Database): Check =>
  async () => {
    // Whether Postgres is there is another check's business.
    const distance = Math.abs((await clockDistance(database)) ?? 0)
    if (distance > clockTolerance)
      throw new Error(`this node's clock is ${Math.round(distance)} ms from Postgres'`)
  }
