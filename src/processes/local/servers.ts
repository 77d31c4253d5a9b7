import { join } from 'node:path'
import type { Config } from '../../../config/config'
import { isGiven } from './local-settings'
import type { LocalState } from './local-state'
import { PostgresServer } from './postgres-server'
import { RedisServer } from './redis-server'
import { serverFolder } from './server-folder'
import { Supervised } from './supervised'

export interface ServersOptions {
  readonly dataFolder: string
  readonly state: LocalState
  readonly env: NodeJS.ProcessEnv
  /** Holds the addresses that the caller gave. */
  readonly config: Config
  readonly tell: (line: string) => void
}

/** A Redis and a Postgres of our own, each only where the caller gave none, kept running until disposed of. */
export class Servers implements AsyncDisposable {
  readonly databaseUrl: string
  /** What points processes at the servers of our own. */
  readonly settings: Readonly<Record<string, string>>
  /** Undefined where it is the caller's. */
  readonly redis: RedisServer | undefined
  readonly postgres: PostgresServer | undefined
  readonly #supervised: readonly AsyncDisposable[]

  private constructor(
    config: Config,
    redis: RedisServer | undefined,
    postgres: PostgresServer | undefined,
    supervised: readonly AsyncDisposable[],
  ) {
    this.redis = redis
    this.postgres = postgres
    this.databaseUrl = postgres?.url ?? config.database.url
    this.settings = {
      ...(redis && { REDIS_URL: redis.url }),
      ...(postgres && { DATABASE_URL: postgres.url }),
    }
    this.#supervised = supervised
  }

  /** Resolves once both serve. What was started is stopped again where one does not come up. */
  static async start(options: ServersOptions, signal: AbortSignal): Promise<Servers> {
    const { dataFolder, state, env, config, tell } = options
    const ownsRedis = !isGiven(env, 'REDIS_URL')
    const ownsPostgres = !isGiven(env, 'DATABASE_URL')
    const folder = ownsRedis || ownsPostgres ? await serverFolder(dataFolder, state.id) : dataFolder
    const redis = supervisedRedis(
      { folder, packages: join(dataFolder, 'packages'), password: state.redisPassword },
      env,
      tell,
    )
    const postgres = supervisedPostgres({ folder, password: state.databasePassword }, env, tell)
    const [first, second] = await Promise.allSettled([
      ownsRedis ? redis.start(signal) : undefined,
      ownsPostgres ? postgres.start(signal) : undefined,
    ])
    if (first.status === 'fulfilled' && second.status === 'fulfilled') {
      return new Servers(config, first.value, second.value, [redis, postgres])
    }
    await Promise.all([redis[Symbol.asyncDispose](), postgres[Symbol.asyncDispose]()])
    throw first.status === 'rejected' ? first.reason : (second as PromiseRejectedResult).reason
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#supervised.map(async (server) => server[Symbol.asyncDispose]()))
  }
}

type Tell = (line: string) => void

function supervisedRedis(
  { folder, packages, password }: { folder: string; packages: string; password: string },
  env: NodeJS.ProcessEnv,
  tell: Tell,
): Supervised<RedisServer> {
  let port: number | undefined
  return new Supervised({
    name: 'Redis',
    tell,
    launch: async (signal) => {
      const server = await RedisServer.start(
        { folder: join(folder, 'redis'), packages, password, port, env, tell },
        signal,
      )
      // The fleet knows it by this port from now on.
      port = server.port
      return server
    },
  })
}

function supervisedPostgres(
  { folder, password }: { folder: string; password: string },
  env: NodeJS.ProcessEnv,
  tell: Tell,
): Supervised<PostgresServer> {
  let port: number | undefined
  return new Supervised({
    name: 'Postgres',
    tell,
    launch: async (signal) => {
      const options = {
        folder: join(folder, 'postgres'),
        copies: join(folder, 'programs'),
        password,
        port,
        env,
      }
      const server = await PostgresServer.start(options, signal)
      port = server.port
      return server
    },
  })
}
