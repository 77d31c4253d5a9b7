import { types as kinds } from 'node:util'
import { Client, DatabaseError, Pool, types, type ClientBase, type ClientConfig, type QueryConfig } from 'pg'
import { StorageUnavailableError } from '../job/errors'
import { minutes, seconds } from '../lib/durations'
import type { HowToQuery, Sql, Transaction } from '../lib/sql'
import { CopyQuery } from './copy-query'

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

/** No statement takes as long, so whoever still has no answer speaks to a server that is not there any more. */
const longestStatement = minutes(5)

/**
 * The ledger's connection pool: the only place that knows `pg`.
 * Where Postgres is away, full or restarting, everything here throws a `StorageUnavailableError`; other errors of a
 * statement are Postgres' own.
 */
export class Database implements Sql, AsyncDisposable {
  readonly schema: string
  readonly #settings: ClientConfig
  readonly #pool: Pool
  #ended: Promise<void> | undefined

  constructor(options: DatabaseOptions) {
    this.schema = options.schema
    this.#settings = {
      connectionString: options.url,
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
    this.#pool.on('error', (error) => options.onIdleError?.(error))
  }

  async query<Row extends object>(
    text: string,
    values: readonly unknown[] = [],
    how: HowToQuery = {},
  ): Promise<{ rows: Row[]; rowCount: number }> {
    const { rows, rowCount } = await inOurTerms(() => this.#pool.query<Row>(statementOf(text, values, how)))
    return { rows, rowCount: rowCount ?? 0 }
  }

  /** Runs `work` in one READ COMMITTED transaction: commits what it did when it returns, rolls back when it throws. */
  async transaction<T>(work: (sql: Transaction) => Promise<T>): Promise<T> {
    const client = await inOurTerms(() => this.#pool.connect())
    let isBroken = false
    const discard = (): void => void (isBroken = true)
    // A server that ends the connection between two statements says so as an event, and an unheard one ends the process.
    client.on('error', discard)
    const sql = sqlOf(client)
    try {
      await sql.query('begin')
      const result = await work(sql)
      await sql.query('commit')
      return result
    } catch (error) {
      if (error instanceof StorageUnavailableError && isStale(error.cause)) discard()
      await client.query('rollback').catch(discard)
      throw error
    } finally {
      client.off('error', discard)
      client.release(isBroken)
    }
  }

  /** Runs `work` on a connection of its own, for locks that belong to a session. Its statements may take as long as they like. */
  async session<T>(work: (sql: Sql) => Promise<T>): Promise<T> {
    const client = new Client(this.#settings)
    // What ends the connection fails the next statement; unheard, it would end the process.
    client.on('error', () => undefined)
    await inOurTerms(() => client.connect())
    try {
      return await work(sqlOf(client))
    } finally {
      await client.end()
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await (this.#ended ??= this.#pool.end())
  }
}

const sqlOf = (client: ClientBase): Transaction => ({
  async query<Row extends object>(text: string, values: readonly unknown[] = [], how: HowToQuery = {}) {
    const { rows, rowCount } = await inOurTerms(() => client.query<Row>(statementOf(text, values, how)))
    return { rows, rowCount: rowCount ?? 0 }
  },
  async copy(text, rows) {
    await inOurTerms(
      () =>
        new Promise<void>((resolve, reject) => {
          client.query(new CopyQuery(text, rows, (error) => (error ? reject(error) : resolve())))
        }),
    )
  },
})

const statementOf = (text: string, values: readonly unknown[], { prepared }: HowToQuery): QueryConfig => ({
  text,
  values: [...values],
  ...(prepared === undefined ? {} : { name: prepared }),
})

/** Connection, rollback by the server, lack of resources, locks, operator intervention, system errors. */
const awayClasses = ['08', '40', '53', '55', '57', '58']
/** Transactions that the server ended because they were idle, or took too long. */
const awayStates = ['25P03', '25P04']

/** A migration changed what a prepared statement returns: a connection that knows it can never carry it out again. */
const isStale = (error: unknown): boolean =>
  error instanceof DatabaseError && error.routine === 'RevalidateCachedQuery'

/** Whatever is not Postgres' answer to a statement means that there was none: `pg` has no code for most of these. */
async function inOurTerms<T>(ask: () => Promise<T>): Promise<T> {
  try {
    return await ask()
  } catch (error) {
    if (!kinds.isNativeError(error) || error instanceof TypeError) throw error
    const state = error instanceof DatabaseError ? (error.code ?? '') : undefined
    const isAway =
      state === undefined ||
      awayClasses.includes(state.slice(0, 2)) ||
      awayStates.includes(state) ||
      isStale(error)
    if (!isAway) throw error
    throw new StorageUnavailableError(`Postgres: ${messageOf(error)}`, { cause: error })
  }
}

/** A connection that was refused at several addresses has no message of its own. */
function messageOf(error: Error): string {
  const { errors = [] } = error as { errors?: readonly Error[] }
  return error.message || errors.map(({ message }) => message).join('; ') || error.name
}
