import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { Disposables } from '../../src/lib/disposables'
import { PostgresServer, type PostgresServerOptions } from '../../src/processes/local/postgres-server'
import { RedisServer, type RedisServerOptions } from '../../src/processes/local/redis-server'
import { temporaryFolder } from '../../test/support/folders'
import type { Topology } from '../../test/support/redis-ground'
import { startSentinels } from '../../test/support/redis-topologies'

const packages = resolve(__dirname, '../../.syncfleet/packages')

/** The servers under a fleet, which keep what they acknowledge as in production: killed, wiped and started again. */
export class Ground implements AsyncDisposable {
  /** Where clients find Redis, and under which prefix they keep what they keep there. */
  readonly way: { readonly url: string; readonly prefix: string }
  readonly postgresUrl: string
  /** Where Redis is a master with replicas. */
  readonly sentinels: Topology | undefined
  readonly #owned: Disposables
  readonly #redisOptions: RedisServerOptions
  readonly #postgresOptions: PostgresServerOptions
  #redis: RedisServer | undefined
  #postgres: PostgresServer

  private constructor(
    owned: Disposables,
    redis: { server: RedisServer; options: RedisServerOptions } | Topology,
    postgres: { server: PostgresServer; options: PostgresServerOptions },
  ) {
    this.#owned = owned
    const isSingle = 'server' in redis
    this.sentinels = isSingle ? undefined : redis
    this.#redis = isSingle ? redis.server : undefined
    this.#redisOptions = isSingle ? redis.options : { folder: '', packages, password: '' }
    this.way = isSingle
      ? { url: redis.server.url, prefix: `faults-${randomBytes(4).toString('hex')}` }
      : redis.way
    this.#postgres = postgres.server
    this.#postgresOptions = { ...postgres.options, port: postgres.server.port }
    this.postgresUrl = postgres.server.url
  }

  static async open(kind: 'single' | 'sentinels', signal: AbortSignal): Promise<Ground> {
    const owned = new Disposables()
    try {
      const { path } = owned.use(await temporaryFolder())
      const password = randomBytes(12).toString('hex')
      const options = { folder: join(path, 'postgres'), copies: join(path, 'programs'), password }
      const postgres = { options, server: await PostgresServer.start(options, signal) }
      if (kind === 'sentinels') {
        return new Ground(owned, owned.use(await startSentinels()), postgres)
      }
      const redisOptions = { folder: join(path, 'redis'), packages, password, tell: console.log }
      const server = await RedisServer.start(redisOptions, signal)
      const redis = { options: { ...redisOptions, port: server.port }, server }
      return new Ground(owned, redis, postgres)
    } catch (error) {
      await owned[Symbol.asyncDispose]()
      throw error
    }
  }

  /** As `kill -9` does. Resolves when it is gone. */
  async killRedis(): Promise<void> {
    if (!this.#redis) throw new Error('there is no single Redis to kill')
    process.kill(this.#redis.pid, 'SIGKILL')
    await this.#redis.exited
  }

  /** Resolves when it serves, at the same port and with what its disk holds. */
  async startRedis(): Promise<void> {
    this.#redis = await RedisServer.start(this.#redisOptions, new AbortController().signal)
  }

  /** What Redis has written is gone. Only while it is down. */
  async wipeRedisDisk(): Promise<void> {
    await rm(join(this.#redisOptions.folder, 'appendonlydir'), { recursive: true, force: true })
  }

  /** Ends Postgres without a word to anybody (an immediate shutdown), starts it again and waits until it has recovered. */
  async restartPostgres(): Promise<void> {
    process.kill(this.#postgres.pid, 'SIGQUIT')
    await this.#postgres.exited
    this.#postgres = await PostgresServer.start(this.#postgresOptions, new AbortController().signal)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.#redis?.[Symbol.asyncDispose](), this.#postgres[Symbol.asyncDispose]()])
    await this.#owned[Symbol.asyncDispose]()
  }
}
