import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdir, symlink, writeFile } from 'node:fs/promises'
import { delimiter, join, resolve } from 'node:path'
import { Redis } from 'ioredis'
import { Disposables } from '../../src/lib/disposables'
import { findRedis } from '../../src/processes/local/redis-program'
import { temporaryFolder } from '../support/folders'
import { reservedPort } from '../support/ports'
import { until } from '../support/until'

const clone = resolve(__dirname, '../..')
const users = ['scheduler', 'worker', 'dashboard'] as const

/** A Redis with the configuration and the users of `deploy/redis`, started by its own script. */
export class AclRedis implements AsyncDisposable {
  readonly port: number
  /** Connected as the user `admin`. */
  readonly admin: Redis
  readonly #owned: Disposables

  private constructor(port: number, admin: Redis, owned: Disposables) {
    this.port = port
    this.admin = admin
    this.#owned = owned
  }

  static async start(): Promise<AclRedis> {
    const owned = new Disposables()
    const folder = owned.use(await temporaryFolder()).path
    const port = await reservedPort()
    const within = { SECRETS: join(folder, 'secrets'), RUN: join(folder, 'run') }
    for (const path of [within.SECRETS, within.RUN, join(folder, 'bin')]) await mkdir(path)
    await writeFile(join(within.SECRETS, 'redis_admin_password'), `${passwordOf('admin')}\n`)
    for (const user of users) {
      await writeFile(join(within.SECRETS, `redis_url_${user}`), `${urlOf(user, port)}\n`)
    }
    const env = { ...(await redisOnPath(join(folder, 'bin'))), ...within }
    const more = ['--port', port, '--bind', '127.0.0.1', '--dir', './', '--aclfile', './run/users.acl']
    const server = spawn('sh', [join(clone, 'deploy/redis/start.sh'), ...more.map(String)], {
      cwd: folder,
      env,
      stdio: 'ignore',
    })
    owned.defer(async () => {
      server.kill('SIGTERM')
      if (server.exitCode === null && server.signalCode === null) await once(server, 'exit')
    })
    const admin = new Redis(urlOf('admin', port)).on('error', () => undefined)
    owned.defer(() => admin.disconnect())
    await until('Redis with its users', async () => admin.status === 'ready')
    return new AclRedis(port, admin, owned)
  }

  urlOf(user: (typeof users)[number]): string {
    return urlOf(user, this.port)
  }

  /** What was denied, and to whom. */
  async denied(): Promise<string[]> {
    const entries = (await this.admin.acl('LOG')) as unknown[][]
    return entries.map((entry) => {
      const fact = (name: string): string => String(entry[entry.indexOf(name) + 1])
      return `${fact('username')}: ${fact('reason')} ${fact('object')} (${fact('context')})`
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned[Symbol.asyncDispose]()
  }
}

const passwordOf = (user: string): string => `password-of-${user}`
const urlOf = (user: string, port: number): string => `redis://${user}:${passwordOf(user)}@127.0.0.1:${port}`

/** An environment in which `redis-server` is the program that `npm start` would take. */
async function redisOnPath(folder: string): Promise<NodeJS.ProcessEnv> {
  const { command, env } = await findRedis(
    { packages: join(clone, '.syncfleet/packages'), env: process.env, tell: () => undefined },
    new AbortController().signal,
  )
  await symlink(command, join(folder, 'redis-server'))
  return { ...env, PATH: [folder, env['PATH']].join(delimiter) }
}
