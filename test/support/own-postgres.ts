import { randomBytes } from 'node:crypto'
import { chmod } from 'node:fs/promises'
import { join } from 'node:path'
import { Database } from '../../src/ledger/postgres/database'
import { PostgresServer } from '../../src/processes/local/postgres-server'
import { temporaryFolder } from './folders'

type Folder = Awaited<ReturnType<typeof temporaryFolder>>

/** A Postgres of a test's own, which it may stop, start and set as it likes. What it acknowledged survives. */
export class OwnPostgres implements AsyncDisposable {
  /** The test's own way in, as the superuser. */
  readonly admin: Database
  readonly #folder: Folder
  readonly #password: string
  #server: PostgresServer

  private constructor(folder: Folder, password: string, server: PostgresServer) {
    this.#folder = folder
    this.#password = password
    this.#server = server
    this.admin = new Database({ url: server.url, schema: 'public', applicationName: 'test' })
  }

  static async start(): Promise<OwnPostgres> {
    const folder = await temporaryFolder()
    // Postgres may run as another user than we do.
    await chmod(folder.path, 0o755)
    const password = randomBytes(12).toString('hex')
    return new OwnPostgres(folder, password, await launch(folder.path, password))
  }

  /** Of a role that is no superuser and owns the database, so that limits hold for it. */
  async urlOfFleet(): Promise<string> {
    const url = new URL(this.#server.url)
    await this.admin.query(`create role fleet login password '${this.#password}'`)
    await this.admin.query('alter database postgres owner to fleet')
    url.username = 'fleet'
    return url.href
  }

  /** `fast`: sessions are cut off, data is written; `immediate`: as a crash, it recovers at its start. */
  async stop(mode: 'fast' | 'immediate'): Promise<void> {
    if (mode === 'immediate') process.kill(this.#server.pid, 'SIGQUIT')
    else await this.#server[Symbol.asyncDispose]()
    await this.#server.exited
  }

  /** Again, at the same port and with what it kept. */
  async restart(): Promise<void> {
    this.#server = await launch(this.#folder.path, this.#password, this.#server.port)
  }

  /** Changes a setting of the server; undefined takes it back. */
  async set(name: string, value: string | undefined): Promise<void> {
    // Not in the transaction that a read-only default would begin.
    await this.admin.session(async (sql) => {
      await sql.query(
        value === undefined ? `alter system reset ${name}` : `alter system set ${name} = '${value}'`,
      )
      await sql.query('select pg_reload_conf()')
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.admin[Symbol.asyncDispose]()
    await this.#server[Symbol.asyncDispose]()
    await this.#folder[Symbol.asyncDispose]()
  }
}

const launch = async (folder: string, password: string, port?: number): Promise<PostgresServer> =>
  PostgresServer.start(
    { folder: join(folder, 'postgres'), copies: join(folder, 'programs'), password, port },
    new AbortController().signal,
  )
