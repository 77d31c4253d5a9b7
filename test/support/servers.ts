import { chmod, mkdtemp, readdir, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { endLeftBehind, readRecord } from '../../src/processes/local/owned-process'
import { PostgresServer } from '../../src/processes/local/postgres-server'
import { isRunning, recordOf } from '../../src/processes/local/process-identity'
import { RedisServer } from '../../src/processes/local/redis-server'
import { removeFolder } from './folders'

/** What was unpacked once serves the next run, and `npm start`, as well. */
const packages = resolve(__dirname, '../../.syncfleet/packages')
const prefix = 'syncfleet-test-'

/** A Redis and a Postgres with empty data in a temporary folder, removed on dispose. */
export class TestServers implements AsyncDisposable {
  readonly redis: RedisServer
  readonly postgres: PostgresServer
  readonly #folder: string

  private constructor(folder: string, redis: RedisServer, postgres: PostgresServer) {
    this.#folder = folder
    this.redis = redis
    this.postgres = postgres
  }

  /** Without `durable` they give up crash safety for speed. */
  static async start(password: string, { durable = false } = {}): Promise<TestServers> {
    await removeLeftBehind()
    const folder = await mkdtemp(join(tmpdir(), prefix))
    await writeFile(join(folder, 'owner.json'), JSON.stringify(await recordOf(process.pid)))
    // Postgres may run as another user than we do.
    await chmod(folder, 0o755)
    const { signal } = new AbortController()
    const [redis, postgres] = await Promise.allSettled([
      RedisServer.start({ folder: join(folder, 'redis'), packages, password, tell: console.log }, signal),
      PostgresServer.start(
        { folder: join(folder, 'postgres'), copies: join(folder, 'programs'), password, durable },
        signal,
      ),
    ])
    if (redis.status === 'fulfilled' && postgres.status === 'fulfilled') {
      return new TestServers(folder, redis.value, postgres.value)
    }
    for (const started of [redis, postgres]) {
      if (started.status === 'fulfilled') await started.value[Symbol.asyncDispose]()
    }
    throw [redis, postgres].find((started) => started.status === 'rejected')?.reason
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([this.redis[Symbol.asyncDispose](), this.postgres[Symbol.asyncDispose]()])
    await removeFolder(this.#folder)
  }
}

/** A run that was cut off leaves its folder, and seldom its servers. */
async function removeLeftBehind(): Promise<void> {
  for (const name of (await readdir(tmpdir())).filter((entry) => entry.startsWith(prefix))) {
    const folder = join(tmpdir(), name)
    // Another run may be removing its own at this moment.
    const found = await stat(folder).catch(() => undefined)
    if (found?.uid !== process.getuid?.()) continue
    const owner = readRecord(join(folder, 'owner.json'))
    if (!owner || (await isRunning(owner))) continue
    await endLeftBehind(join(folder, 'redis/redis.pid.json'), 'SIGTERM', 5000)
    await endLeftBehind(join(folder, 'postgres/postgres.pid.json'), 'SIGINT', 5000)
    await removeFolder(folder)
  }
}
