import { randomBytes } from 'node:crypto'
import { Database } from '../../src/ledger/postgres/database'
import { migrate } from '../../src/ledger/migrate'
import { testUrl } from './redis'

/** A database whose schema goes with it. */
class TestDatabase extends Database {
  #dropped: Promise<unknown> | undefined

  override async [Symbol.asyncDispose](): Promise<void> {
    try {
      await (this.#dropped ??= this.query(`drop schema if exists ${this.schema} cascade`))
    } finally {
      await super[Symbol.asyncDispose]()
    }
  }
}

/** A migrated database in a schema of its own, dropped when it is disposed of. */
export async function testDatabase(): Promise<Database> {
  const schema = `test_${randomBytes(6).toString('hex')}`
  const database = new TestDatabase({
    url: testUrl('TEST_DATABASE_URL'),
    schema,
    applicationName: `syncfleet test ${schema}`,
  })
  try {
    await migrate(database)
    return database
  } catch (error) {
    await database[Symbol.asyncDispose]()
    throw error
  }
}
