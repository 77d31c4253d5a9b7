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

  /** Drops the schema, with the destination tables in it. */
  async [Symbol.asyncDispose](): Promise<void> {
    try {
      await (this.#dropped ??= this.database.query(`drop schema if exists ${this.database.schema} cascade`))
    } finally {
      await this.database[Symbol.asyncDispose]()
    }
  }
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
