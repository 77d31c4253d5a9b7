import { Pool, types, type PoolClient } from 'pg'
import { hours, seconds } from '../lib/durations'
import type { Sql } from '../lib/sql'

export interface DatabaseOptions {
  readonly url: string
  /** Every unqualified table is found here. */
  readonly schema: string
  /** Shown in pg_stat_activity. */
  readonly applicationName: string
  /** Connections at most. Default 4. */
  readonly connections?: number
  /** Hears of connections that broke while idle; the pool replaces them. */
  readonly onIdleError?: (error: Error) => void
}

// A calendar day is no instant: as a Date it would shift with the process' own zone.
types.setTypeParser(types.builtins.DATE, (day) => day)

/** The ledger's connection pool: the only place that knows `pg`. */
export class Database implements Sql, AsyncDisposable {
  readonly schema: string
  readonly #pool: Pool
  #ended: Promise<void> | undefined

  constructor(options: DatabaseOptions) {
    this.schema = options.schema
    this.#pool = new Pool({
      connectionString: options.url,
      application_name: options.applicationName,
      max: options.connections ?? 4,
      connectionTimeoutMillis: seconds(10),
      // A frozen worker must not keep the claimer of its account waiting: the server ends its transaction.
      idle_in_transaction_session_timeout: seconds(10),
      statement_timeout: hours(1),
      options: `-c search_path=${options.schema} -c timezone=UTC -c default_transaction_isolation=read\\ committed`,
    })
    this.#pool.on('error', (error) => options.onIdleError?.(error))
  }

  async query<Row extends object>(
    text: string,
    values: readonly unknown[] = [],
  ): Promise<{ rows: Row[]; rowCount: number }> {
    const { rows, rowCount } = await this.#pool.query<Row>(text, [...values])
    return { rows, rowCount: rowCount ?? 0 }
  }

  /** Runs `work` in one READ COMMITTED transaction: commits what it did when it returns, rolls back when it throws. */
  async transaction<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.#onConnection(async (client, discard) => {
      await client.query('begin')
      try {
        const result = await work(sqlOf(client))
        await client.query('commit')
        return result
      } catch (error) {
        await client.query('rollback').catch(discard)
        throw error
      }
    })
  }

  /** Runs `work` on one connection that nobody else uses meanwhile, for locks that belong to a session. */
  async session<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    return this.#onConnection(async (client, discard) => {
      // Nothing that the session holds may outlive it.
      discard()
      return work(sqlOf(client))
    })
  }

  /** `discard` keeps the connection from being used again. */
  async #onConnection<T>(work: (client: PoolClient, discard: () => void) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect()
    let isBroken = false
    const discard = (): void => void (isBroken = true)
    // A server that ends the connection between two statements says so as an event, and an unheard one ends the process.
    client.on('error', discard)
    try {
      return await work(client, discard)
    } finally {
      client.off('error', discard)
      client.release(isBroken)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (this.#ended ??= this.#pool.end())
  }
}

const sqlOf = (client: PoolClient): Sql => ({
  async query<Row extends object>(text: string, values: readonly unknown[] = []) {
    const { rows, rowCount } = await client.query<Row>(text, [...values])
    return { rows, rowCount: rowCount ?? 0 }
  },
})
