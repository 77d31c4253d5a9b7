import { Database } from '../../../src/ledger/postgres/database'
import { migrate } from '../../../src/ledger/migrate'
import { randomBytes } from 'node:crypto'
import { testUrl } from '../redis'

/**
 * The time of one made-up world. It stands still until it is moved on, for the vendors and for Postgres alike: in this
 * schema `clock_timestamp()` answers with it, so whatever the engine judges by that clock, it judges by the world's.
 */
export class WorldClock implements AsyncDisposable {
  readonly database: Database
  #now: Date
  #tables: readonly string[] | undefined
  #dropped: Promise<unknown> | undefined

  private constructor(database: Database, start: Date) {
    this.database = database
    this.#now = start
  }

  /** A migrated schema of its own whose clock stands at `start`. */
  static async open(start: Date): Promise<WorldClock> {
    const schema = `test_${randomBytes(6).toString('hex')}`
    const database = worldDatabase(schema)
    try {
      await database.query(`create schema ${schema}`)
      await database.query(`create table ${schema}.world (now timestamptz not null)`)
      await database.query(`insert into ${schema}.world values ($1)`, [start])
      await database.query(
        `create function ${schema}.clock_timestamp() returns timestamptz
           language sql stable as 'select now from ${schema}.world'`,
      )
      // Only now, so that columns whose default is the clock have the world's, too.
      await migrate(database)
      return new WorldClock(database, start)
    } catch (error) {
      await database[Symbol.asyncDispose]()
      throw error
    }
  }

  readonly now = (): Date => this.#now

  async advance(milliseconds: number): Promise<void> {
    await this.moveTo(new Date(this.#now.getTime() + milliseconds))
  }

  /** Never back. */
  async moveTo(instant: Date): Promise<void> {
    if (instant <= this.#now) return
    this.#now = instant
    await this.database.query('update world set now = $1', [instant])
  }

  /** Another world in the same tables, which are empty. */
  async startAnew(start: Date): Promise<void> {
    this.#tables ??= await tablesOf(this.database)
    // Much cheaper than to truncate them, with as few rows as they have.
    const deletions = this.#tables.map((name) => `delete from "${name}";`)
    await this.database.query(`do $$ begin ${deletions.join(' ')} end $$`)
    this.#now = start
    await this.database.query('update world set now = $1', [start])
  }

  /** Drops the schema, with the destination tables in it. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await (this.#dropped ??= this.database.query(`drop schema if exists ${this.database.schema} cascade`))
    } finally {
      await this.database[Symbol.asyncDispose]()
    }
  }
}

/** The tables that a world fills, each before those that it refers to, which are older. Nobody deletes from the audit log. */
async function tablesOf(database: Database): Promise<string[]> {
  const { rows } = await database.query<{ name: string }>(
    `select relname as name from pg_class
     where relnamespace = $1::regnamespace and relkind = 'r' and relname not in ('migrations', 'world', 'audit_log')
     order by oid desc`,
    [database.schema],
  )
  return rows.map(({ name }) => name)
}

/** Its connections look into the schema first, where the world's clock is, and only then among Postgres' own functions. */
function worldDatabase(schema: string): Database {
  const url = new URL(testUrl('TEST_DATABASE_URL'))
  const options = [
    `search_path=${schema},pg_catalog`,
    'timezone=UTC',
    String.raw`default_transaction_isolation=read\ committed`,
  ]
  // What the address says counts before what `Database` says.
  url.searchParams.set('options', options.map((option) => `-c ${option}`).join(' '))
  return new Database({
    url: url.href.replaceAll('+', '%20'),
    schema,
    applicationName: `syncfleet test ${schema}`,
    connections: 12,
  })
}
