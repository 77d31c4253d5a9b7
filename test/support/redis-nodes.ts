import { accessSync, constants } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { Redis } from 'ioredis'
import { OwnedProcess } from '../../src/processes/local/owned-process'
import type { Certificates } from './certificates'
import { reservedPort } from './ports'
import { until } from './until'

const program = 'redis-server'
/** What these tests need; openssl makes certificates. */
export const missing = [program, 'openssl'].filter((name) => !isOnPath(name))
if (missing.length > 0)
  // Jest keeps the console of a file that it skips to itself.
  process.stderr.write(
    `No ${missing.join(' and no ')} on PATH: tests over Redis servers of their own are skipped.\n`,
  )

/** Tests over Redis servers of their own; skipped where there is no program for them, which is said above. */
export const withRedisServer = describeWhereThereAreServers()

/** Benches start servers as well, and have no `describe`. */
function describeWhereThereAreServers(): jest.Describe {
  const inJest = (globalThis as { describe?: jest.Describe }).describe
  return (missing.length === 0 ? inJest : inJest?.skip) as jest.Describe
}

function isOnPath(name: string): boolean {
  return (process.env['PATH'] ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, name), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

export interface NodeOptions {
  /** Where it keeps its files. */
  readonly folder: string
  /** Lines of its configuration besides port and folder. */
  readonly config: readonly string[]
  /** Speaks TLS and nothing else. */
  readonly tls: Certificates | undefined
  /** How the test itself gets in. */
  readonly password?: string | undefined
  readonly isSentinel?: boolean
}

/** One Redis server, or Sentinel, on a free port of the loopback. */
export class RedisNode implements AsyncDisposable {
  readonly port: number
  /** The test's own way in. */
  readonly client: Redis
  readonly #start: () => Promise<OwnedProcess>
  #process: OwnedProcess

  private constructor(
    port: number,
    client: Redis,
    start: () => Promise<OwnedProcess>,
    process: OwnedProcess,
  ) {
    this.port = port
    this.client = client
    this.#start = start
    this.#process = process
  }

  /** Resolves once it answers. */
  static async start({ folder, config, tls, password, isSentinel }: NodeOptions): Promise<RedisNode> {
    const port = await reservedPort()
    const file = join(folder, `${port}.conf`)
    const lines = [
      'bind 127.0.0.1',
      `dir "${folder}"`,
      `logfile "${join(folder, `${port}.log`)}"`,
      ...(tls ? [`tls-port ${port}`, 'port 0', ...tlsLines(tls)] : [`port ${port}`]),
      ...(isSentinel
        ? []
        : [
            'appendonly yes',
            `appenddirname "aof-${port}"`,
            'save ""',
            'hz 100',
            'maxmemory-policy noeviction',
          ]),
      ...(password === undefined ? [] : [`requirepass ${password}`]),
      ...config,
    ]
    await writeFile(file, `${lines.join('\n')}\n`)
    const start = async () =>
      OwnedProcess.start({
        command: program,
        args: [file, ...(isSentinel ? ['--sentinel'] : [])],
        env: process.env,
        cwd: folder,
        recordFile: join(folder, `${port}.pid.json`),
        grace: 5000,
      })
    const client = new Redis({
      host: '127.0.0.1',
      port,
      ...(password === undefined ? {} : { password }),
      retryStrategy: () => 50,
      maxRetriesPerRequest: null,
      ...(tls ? { tls: { ca: tls.ca } } : {}),
    })
    client.on('error', () => undefined)
    const node = new RedisNode(port, client, start, await start())
    await until(`the server at ${port} answers`, async () => {
      if (node.#process.hasEnded) throw new Error(`the server at ${port} ended`)
      return client.status === 'ready'
    })
    return node
  }

  /** As `kill -9` does. Resolves when it is gone. */
  async kill(): Promise<void> {
    this.#process.kill()
    await this.#process.exited
  }

  /** Starts it again, at the same port and with what it kept. */
  async restart(): Promise<void> {
    this.#process = await this.#start()
  }

  /** As a machine that vanished: nothing is closed, and nothing answers. */
  freeze(): void {
    process.kill(this.#process.pid, 'SIGSTOP')
  }

  /** Its own line of what the server says of itself. */
  async info(section: string, name: string): Promise<string | undefined> {
    return new RegExp(`^${name}:(\\S*)`, 'm').exec(await this.client.info(section))?.[1]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.disconnect()
    // Nothing is worth a tidy end, and a frozen server would not come to one.
    await this.kill()
  }
}

const tlsLines = ({ caFile, certificateFile, keyFile }: Certificates): string[] => [
  `tls-ca-cert-file "${caFile}"`,
  `tls-cert-file "${certificateFile}"`,
  `tls-key-file "${keyFile}"`,
  'tls-auth-clients no',
  'tls-replication yes',
]
