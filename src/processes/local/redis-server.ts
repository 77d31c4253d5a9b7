import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { wait } from '../../lib/wait'
import { logTail, openLog } from './log-tail'
import { OwnedProcess, endLeftBehind, type Exit } from './owned-process'
import { freePort } from './ports'
import { pingRedis } from './redis-ping'
import { findRedis, type RedisProgram } from './redis-program'
import { SetupError } from './setup-error'

export interface RedisServerOptions {
  /** Holds its data, its log and the record of the running process; made when needed. */
  readonly folder: string
  /** Where a system package may be unpacked, see `findRedis`. */
  readonly packages: string
  readonly password: string
  /** Default: a free one. */
  readonly port?: number | undefined
  /** Default: this process' environment. */
  readonly env?: NodeJS.ProcessEnv
  readonly tell?: (line: string) => void
}

/** Milliseconds until a server must answer: it may have a large append-only file to load. */
const patience = 60_000
const grace = 15_000
const recordName = 'redis.pid.json'

/** A Redis of our own on the loopback, with an append-only file: what it acknowledged survives a kill. */
export class RedisServer implements AsyncDisposable {
  readonly url: string
  readonly port: number
  /** Where its program came from, for people. */
  readonly origin: string
  readonly #process: OwnedProcess

  private constructor(process: OwnedProcess, port: number, password: string, origin: string) {
    this.#process = process
    this.port = port
    this.url = `redis://:${password}@127.0.0.1:${port}/0`
    this.origin = origin
  }

  /** Starts it and waits until it serves. Ends one that an earlier owner has left behind in this folder first. */
  static async start(options: RedisServerOptions, signal: AbortSignal): Promise<RedisServer> {
    await mkdir(options.folder, { recursive: true, mode: 0o700 })
    const program = await findRedis(
      {
        packages: options.packages,
        env: options.env ?? process.env,
        tell: options.tell ?? (() => undefined),
      },
      signal,
    )
    await endLeftBehind(join(options.folder, recordName), 'SIGTERM', grace)
    for (let attempt = 1; ; attempt += 1) {
      const port = options.port ?? (await freePort())
      const owned = await launch(program, options, port)
      try {
        await untilReady(owned, options, port, program.isContainer, signal)
        return new RedisServer(owned, port, options.password, program.origin)
      } catch (error) {
        await owned[Symbol.asyncDispose]()
        // Between finding a free port and listening on it, another process may have taken it.
        const isPortLost = options.port === undefined && /address already in use/i.test(String(error))
        if (!isPortLost || attempt === 3) throw error
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

  /** Stops it after it has written what it holds. Safe twice. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#process[Symbol.asyncDispose]()
  }
}

async function launch(
  program: RedisProgram,
  options: RedisServerOptions,
  port: number,
): Promise<OwnedProcess> {
  using log = await openLog(join(options.folder, 'redis.log'))
  const inside = program.isContainer
  const container = [
    'run',
    '--rm',
    '-i',
    '-p',
    `127.0.0.1:${port}:6379`,
    '-v',
    `${options.folder}:/data`,
    'redis:7',
  ]
  const owned = await OwnedProcess.start({
    command: program.command,
    args: [...program.args, ...(inside ? [...container, 'redis-server'] : []), '-'],
    env: program.env,
    cwd: options.folder,
    // By its input, so that the password is in no argument list; relative paths spare it any quoting.
    stdio: ['pipe', log.fd, log.fd],
    recordFile: join(options.folder, recordName),
    grace,
  })
  owned.child.stdin?.on('error', () => undefined)
  owned.child.stdin?.end(
    settings(options.password, inside ? 6379 : port, inside ? '0.0.0.0' : '127.0.0.1').join('\n') + '\n',
  )
  return owned
}

const settings = (password: string, port: number, host: string): string[] => [
  `port ${port}`,
  `bind ${host}`,
  `requirepass ${password}`,
  'dir ./',
  'daemonize no',
  'loglevel notice',
  'appendonly yes',
  'appendfsync everysec',
  // The append-only file is the copy that counts.
  'save ""',
  'maxmemory-policy noeviction',
  // BullMQ's delayed jobs start when a blocked client's timeout is noticed: ten times a second is too coarse.
  'hz 100',
]

async function untilReady(
  owned: OwnedProcess,
  options: RedisServerOptions,
  port: number,
  isContainer: boolean,
  signal: AbortSignal,
): Promise<void> {
  const end = Date.now() + patience
  for (let reason = ''; ;) {
    if (owned.hasEnded) throw await failure(options, 'stopped during its start')
    const answer = await pingRedis(port, options.password)
    if (answer.state === 'ready') {
      if (isContainer || answer.processId === owned.pid) return
      throw await failure(options, `port ${port} answers, but from another Redis: address already in use`)
    }
    reason = answer.reason
    if (Date.now() > end)
      throw await failure(options, `did not serve within ${patience / 1000} s (${reason})`)
    await wait(20, signal)
  }
}

const failure = async ({ folder }: RedisServerOptions, what: string): Promise<SetupError> => {
  const log = join(folder, 'redis.log')
  return new SetupError(`Redis ${what}. The end of ${log}:\n${await logTail(log)}`)
}
