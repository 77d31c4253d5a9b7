import { execFile } from 'node:child_process'
import { chown, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { wait } from '../../lib/wait'
import { logTail, openLog } from './log-tail'
import { OwnedProcess, endLeftBehind, type Exit } from './owned-process'
import { freePort } from './ports'
import { findPostgres, type PostgresPrograms } from './postgres-programs'
import { endPostmaster, stalePostmaster } from './postmaster'
import { SetupError } from './setup-error'
import { unprivilegedUser, type SystemUser } from './unprivileged'

const run = promisify(execFile)

export interface PostgresServerOptions {
  /** Holds its data, its log and the record of the running process; made when needed. Root's server user must reach it. */
  readonly folder: string
  /** Where programs may be copied to, see `findPostgres`. */
  readonly copies: string
  readonly password: string
  /** Default: a free one. */
  readonly port?: number | undefined
  /** False gives up crash safety for speed, for data that is thrown away. Default true. */
  readonly durable?: boolean
  /** Default: this process' environment. */
  readonly env?: NodeJS.ProcessEnv
}

/** Milliseconds until a server must accept connections: it may have to recover from a kill first. */
const patience = 60_000
const grace = 20_000
const recordName = 'postgres.pid.json'
/** The database's superuser. */
const role = 'syncfleet'

/** A Postgres of our own on the loopback. */
export class PostgresServer implements AsyncDisposable {
  readonly url: string
  readonly port: number
  /** Where its programs came from, for people. */
  readonly origin: string
  readonly #process: OwnedProcess

  private constructor(process: OwnedProcess, port: number, password: string, origin: string) {
    this.#process = process
    this.port = port
    this.url = `postgres://${role}:${password}@127.0.0.1:${port}/postgres`
    this.origin = origin
  }

  /**
   * Makes the data folder where there is none, starts the server and waits until it accepts connections.
   * Ends one that an earlier owner has left behind in this folder first: two never share it.
   */
  static async start(options: PostgresServerOptions, signal: AbortSignal): Promise<PostgresServer> {
    const user = await unprivilegedUser()
    const env = options.env ?? process.env
    const data = join(options.folder, 'data')
    const madeBy = await readFile(join(data, 'PG_VERSION'), 'utf8').catch(() => undefined)
    const programs = await findPostgres({ copies: options.copies, user, env, madeBy: madeBy?.trim() })
    await mkdir(options.folder, { recursive: true, mode: 0o700 })
    if (user) await chown(options.folder, user.uid, user.gid)
    await endLeftBehind(join(options.folder, recordName), 'SIGINT', grace)
    await endPostmaster(data, grace)
    if (madeBy === undefined) await initialise(programs, options, user, signal)
    for (let attempt = 1; ; attempt += 1) {
      const port = options.port ?? (await freePort())
      const owned = await launch(programs, options, user, port)
      try {
        await untilReady(owned, options.folder, signal)
        return new PostgresServer(owned, port, options.password, programs.origin)
      } catch (error) {
        await owned[Symbol.asyncDispose]()
        // The port may be lost between finding and using it; processes of a killed server may need a moment to end.
        const isPassing =
          /pre-existing shared memory block/.test(String(error)) ||
          (options.port === undefined && /address already in use/i.test(String(error)))
        if (!isPassing || attempt === 10) throw error
        await wait(200, signal)
      }
    }
  }

  get pid(): number {
    return this.#process.pid
  }

  /** Resolves when the server has ended, for whatever reason. */
  get exited(): Promise<Exit> {
    return this.#process.exited
  }

  /** Stops it by a fast shutdown: sessions are cut off, data is written. Safe twice. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]()
  }
}

/** Makes the data folder aside and moves it into place: one that was cut off is never mistaken for a whole one. */
async function initialise(
  programs: PostgresPrograms,
  { folder, password, durable = true }: PostgresServerOptions,
  user: SystemUser | undefined,
  signal: AbortSignal,
): Promise<void> {
  const data = join(folder, 'data')
  const half = `${data}.new`
  const passwordFile = join(folder, 'password.new')
  await rm(half, { recursive: true, force: true })
  await writeFile(passwordFile, `${password}\n`, { mode: 0o600 })
  if (user) await chown(passwordFile, user.uid, user.gid)
  try {
    const args = ['-D', half, '-U', role, '--pwfile', passwordFile, '--auth=scram-sha-256', '-E', 'UTF8']
    await run(
      programs.initdb,
      [...args, '--locale=C', '--no-instructions', ...(durable ? [] : ['--no-sync'])],
      {
        env: serverEnv(),
        cwd: '/',
        signal,
        ...identityOf(user),
      },
    )
  } catch (cause) {
    signal.throwIfAborted()
    const { stderr } = cause as { stderr?: string }
    throw new SetupError(
      `Postgres could not make its data folder ${data}:\n${(stderr ?? String(cause)).trim()}`,
      {
        cause,
      },
    )
  } finally {
    await rm(passwordFile, { force: true })
  }
  await rm(data, { recursive: true, force: true })
  await rename(half, data)
}

async function launch(
  programs: PostgresPrograms,
  { folder, durable = true }: PostgresServerOptions,
  user: SystemUser | undefined,
  port: number,
): Promise<OwnedProcess> {
  const data = join(folder, 'data')
  using log = await openLog(join(folder, 'postgres.log'))
  const settings = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    // A socket's path may be too long in a deep clone, and nobody needs one.
    unix_socket_directories: '',
    max_connections: '200',
    timezone: 'UTC',
    log_timezone: 'UTC',
    ...(durable ? {} : { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
  }
  const stale = await stalePostmaster(data)
  return await OwnedProcess.start({
    command: programs.postgres,
    args: ['-D', data, ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    env: { ...serverEnv(), ...(stale === undefined ? {} : { PG_GRANDPARENT_PID: String(stale) }) },
    cwd: '/',
    stdio: ['ignore', log.fd, log.fd],
    user: identityOf(user),
    recordFile: join(folder, recordName),
    // Fast shutdown; SIGTERM would wait for every session to end by itself.
    stopSignal: 'SIGINT',
    // Immediate shutdown takes its processes along; it recovers at its next start.
    killSignal: 'SIGQUIT',
    grace,
  })
}

async function untilReady(owned: OwnedProcess, folder: string, signal: AbortSignal): Promise<void> {
  const log = join(folder, 'postgres.log')
  const end = Date.now() + patience
  for (;;) {
    if (owned.hasEnded)
      throw new SetupError(`Postgres stopped during its start. The end of ${log}:\n${await logTail(log)}`)
    const lines = (await readFile(join(folder, 'data/postmaster.pid'), 'utf8').catch(() => '')).split('\n')
    if (Number(lines[0]) === owned.pid && lines[7]?.trim() === 'ready') return
    if (Date.now() > end) {
      throw new SetupError(
        `Postgres accepted no connection within ${patience / 1000} s. The end of ${log}:\n${await logTail(log)}`,
      )
    }
    await wait(20, signal)
  }
}

/** Nothing of ours: PGDATA, PGOPTIONS or a missing locale of the caller would change the server. */
const serverEnv = (): NodeJS.ProcessEnv => ({ PATH: process.env['PATH'], LC_ALL: 'C', TZ: 'UTC' })

const identityOf = (user: SystemUser | undefined): { uid: number; gid: number } | undefined =>
  user && { uid: user.uid, gid: user.gid }
