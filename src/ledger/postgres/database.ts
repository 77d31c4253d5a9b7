import { Client, Pool, types, type ClientBase, type ClientConfig, type QueryConfig } from 'pg'
import { StorageUnavailableError } from '../../job/errors'
import { minutes, seconds } from '../../lib/durations'
import type { HowToQuery, Sql, Transaction } from '../../lib/sql'
import { CopyQuery } from './copy-query'
import { OpenSockets } from './open-sockets'
import { type OutageListener, OutageWatch } from './outage-watch'
import { inOurTerms, isStale, isUnanswered } from './postgres-trouble'
import { StatementCancel } from './statement-cancel'

export interface DatabaseOptions {
  readonly url: string
  /** Every unqualified table is found here. */
  readonly schema: string
  /** Shown in pg_stat_activity. */
  readonly applicationName: string
  /** Connections at most. Default 4. */
  readonly connections?: number
  /** Hears of outages. Default: nobody, for what tells its troubles by other means. */
  readonly outages?: OutageListener
}

export interface HowToTransact {
  /**
   * Aborting cancels the statement under way at the server and rolls everything back. What is thrown is the reason, or a
   * `StorageUnavailableError` where the server did not answer any more.
   */
  readonly signal?: AbortSignal
}

/** Asks Postgres, and says in our terms what goes wrong. */
type Ask = <T>(ask: () => Promise<T>) => Promise<T>

const ignore = (): void => undefined

// A calendar day is no instant: as a Date it would shift with the process' own zone.
types.setTypeParser(types.builtins.DATE, (day) => day)

/** No statement takes as long, so whoever still has no answer speaks to a server that is not there any more. */
const longestStatement = minutes(5)

/** A server that is there takes leave sooner. */
const longestFarewell = seconds(5)

/**
 * The ledger's connection pool: the only place that knows `pg`.
 * Where Postgres is away, full, restarting or read-only, everything here throws a `StorageUnavailableError`; other errors of a
 * statement are Postgres' own.
 */
export class Database implements Sql, AsyncDisposable {
  readonly schema: string
  readonly #settings: ClientConfig
  readonly #sockets = new OpenSockets()
  readonly #pool: Pool
  readonly #outages: OutageWatch
  readonly #ask: Ask
  #ended: Promise<void> | undefined

  constructor(options: DatabaseOptions) {
    this.schema = options.schema
    this.#settings = {
      connectionString: options.url,
      stream: this.#sockets.open,
      application_name: options.applicationName,
      connectionTimeoutMillis: seconds(10),
      keepAlive: true,
      keepAliveInitialDelayMillis: seconds(10),
      // A frozen worker must not keep the claimer of its account waiting: the server ends its transaction.
      idle_in_transaction_session_timeout: seconds(10),
      options: `-c search_path=${options.schema} -c timezone=UTC -c default_transaction_isolation=read\\ committed`,
    }
    // Statements that are asked for at once travel at once, and are answered in order. `pg` has no type for this option.
    const pipelined = { pipeline: true }
    this.#pool = new Pool({
      ...this.#settings,
      ...pipelined,
      max: options.connections ?? 4,
      // A prepared statement keeps the plan that it was given when its tables were smaller.
      maxLifetimeSeconds: minutes(10) / seconds(1),
      statement_timeout: longestStatement,
      query_timeout: longestStatement + seconds(10),
    })
    this.#outages = new OutageWatch(
      () => this.#takesWrites(),
      options.outages ?? { lost: ignore, back: ignore },
    )
    // The pool replaces a connection that broke while idle. Unheard, that would end the process.
    this.#pool.on('error', options.outages ? this.#outages.suspect : ignore)
    // What is cut off or refused after the end was so by ourselves, and says nothing about the server.
    const note = (trouble: StorageUnavailableError): void => {
      if (this.#ended === undefined) this.#outages.note(trouble)
    }
    this.#ask = async (ask) =>
      options.outages ? inOurTerms(ask, note, () => this.#outages.reason !== undefined) : inOurTerms(ask)
  }

  /** Resolves where Postgres answers and takes writes; rejects with what is wrong, soon. */
  async check(): Promise<void> {
    await this.#takesWrites()
    if (this.#outages.reason) throw this.#outages.reason
  }

  async query<Row extends object>(
    text: string,
    values: readonly unknown[] = [],
    how: HowToQuery = {},
  ): Promise<{ rows: Row[]; rowCount: number }> {
    const { rows, rowCount } = await this.#ask(() => this.#pool.query<Row>(statementOf(text, values, how)))
    return { rows, rowCount: rowCount ?? 0 }
  }

  /** Runs `work` in one READ COMMITTED transaction: commits what it did when it returns, rolls back when it throws. */
  async transaction<T>(work: (sql: Transaction) => Promise<T>, { signal }: HowToTransact = {}): Promise<T> {
    signal?.throwIfAborted()
    const client = await this.#ask(() => this.#pool.connect())
    let isBroken = false
    const discard = (): void => void (isBroken = true)
    // A server that ends the connection between two statements says so as an event, and an unheard one ends the process.
    client.on('error', discard)
    const cancel = signal && new StatementCancel(signal, client, this.#settings)
    const sql = sqlOf(client, this.#ask, signal)
    try {
      await sql.query('begin')
      const result = await work(sql)
      await sql.query('commit')
      return result
    } catch (error) {
      if (error instanceof StorageUnavailableError && isStale(error.cause)) discard()
      await cancel?.[Symbol.asyncDispose]()
      if (isUnanswered(error)) discard()
      else await client.query('rollback').catch(discard)
      // Where the server could not even be asked to cancel it, that is what is wrong.
      if (!isUnanswered(error)) signal?.throwIfAborted()
      throw error
    } finally {
      await cancel?.[Symbol.asyncDispose]()
      if (cancel?.hasBegun) discard()
      client.off('error', discard)
      client.release(isBroken)
    }
  }

  /** Runs `work` on a connection of its own, for locks that belong to a session. Its statements may take as long as they like. */
  async session<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    const client = new Client(this.#settings)
    // What ends the connection fails the next statement; unheard, it would end the process.
    client.on('error', () => undefined)
    await this.#ask(() => client.connect())
    try {
      return await work(sqlOf(client, this.#ask))
    } finally {
      await client.end()
    }
  }

  /** Gives up whatever waits for an answer, as of a server that is silent. From here on everything here is refused. */
  abandon(): void {
    void this.#end()
    this.#sockets.destroy()
  }

  /** Waits for what is under way; a server that is silent is not waited for. Safe twice. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#outages[Symbol.asyncDispose]()
    const late = setTimeout(() => this.#sockets.destroy(), longestFarewell)
    await this.#end()
    // The pool does not wait for the last word of a server, but the process would.
    await this.#sockets.closed()
    clearTimeout(late)
  }

  async #end(): Promise<void> {
    await (this.#ended ??= this.#pool.end())
  }

  async #takesWrites(): Promise<void> {
    const { rows } = await this.query<{ isReadOnly: boolean }>(
      `select current_setting('transaction_read_only') = 'on' as "isReadOnly"`,
      [],
      { within: seconds(5) },
    )
    if (rows[0]?.isReadOnly)
      await this.#ask(() => Promise.reject(new Error('takes no writes, it is read-only or a standby')))
  }
}

const sqlOf = (client: ClientBase, ask: Ask, signal?: AbortSignal): Transaction => ({
  async query<Row extends object>(text: string, values: readonly unknown[] = [], how: HowToQuery = {}) {
    signal?.throwIfAborted()
    const { rows, rowCount } = await ask(() => client.query<Row>(statementOf(text, values, how)))
    return { rows, rowCount: rowCount ?? 0 }
  },
  async copy(text, rows) {
    signal?.throwIfAborted()
    await ask(
      () =>
        new Promise<void>((resolve, reject) => {
          client.query(new CopyQuery(text, rows, (error) => (error ? reject(error) : resolve())))
        }),
    )
  },
})

const statementOf = (
  text: string,
  values: readonly unknown[],
  { prepared, within }: HowToQuery,
): QueryConfig => ({
  text,
  values: [...values],
  ...(prepared === undefined ? {} : { name: prepared }),
  ...(within === undefined ? {} : { query_timeout: within }),
})
