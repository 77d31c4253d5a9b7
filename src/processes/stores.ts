import type { Config } from '../../config/config'
import { Database } from '../ledger/database'
import { isMigrated } from '../ledger/migrate'
import type { Disposables } from '../lib/disposables'
import { seconds } from '../lib/durations'
import { only } from '../lib/sql'
import { wait } from '../lib/wait'
import { connect, ready, type Redis } from '../queue/connection'
import { createQueues, type Queues, queuesAnswer } from '../queue/queues'
import { type Check, Health } from '../telemetry/health'
import { errorFacts, type Logger } from '../telemetry/logger'
import type { Metrics } from '../telemetry/metrics'

/** What every process of the fleet holds: the ledger, one connection for commands, and the queues. */
export interface Stores {
  readonly database: Database
  readonly redis: Redis
  readonly health: Health
  /** From here on the process is ready while its checks pass. */
  readonly markStarted: () => void
}

/** A node whose clock is further from Postgres' is not ready. */
const clockTolerance = seconds(5)

/** Opens the ledger and the connection that fails fast; `owned` closes them. Neither need be there yet. */
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
): Stores {
  const { logger, metrics } = process
  const database = owned.use(
    new Database({
      url: config.database.url,
      schema: config.database.schema,
      applicationName: `syncfleet ${process.name} ${process.identity}`,
      connections: process.connections,
      onIdleError: (error) => logger.warn('idle connection to postgres lost', errorFacts(error)),
    }),
  )
  const redis = connect({ ...config.redis, role: 'producer', name: `syncfleet-${process.name}` }, logger)
  owned.defer(() => redis.disconnect())
  let isStarted = false
  const checks = {
    started: async () => {
      if (!isStarted) throw new Error('still starting')
    },
    redis: () => queuesAnswer(redis, config.redis.prefix),
    postgres: () => database.query('select 1'),
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
    const askedAt = Date.now()
    const { now } = only(await database.query<{ now: Date }>('select clock_timestamp() as now'))
    const distance = Math.abs(now.getTime() - (askedAt + Date.now()) / 2)
    if (distance > clockTolerance)
      throw new Error(`this node's clock is ${Math.round(distance)} ms from Postgres'`)
  }
