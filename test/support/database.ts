import { migrate } from '../../src/ledger/migrate'
import { Database } from '../../src/ledger/postgres/database'
import { type OwnPlace, placeLike } from './database-copies'

/** A ledger of a test's own, gone when it is disposed of. */
export class TestDatabase extends Database {
  /** Leads others to it, along with its schema. */
  readonly url: string
  readonly #drop: () => Promise<void>

  constructor({ url, schema, drop }: OwnPlace, connections: number | undefined) {
    const applicationName = `syncfleet test ${new URL(url).pathname.slice(1)} ${schema}`
    super({ url, schema, applicationName, ...(connections === undefined ? {} : { connections }) })
    this.url = url
    this.#drop = drop
  }

  override async [Symbol.asyncDispose](): Promise<void> {
    try {
      await super[Symbol.asyncDispose]()
    } finally {
      await this.#drop()
    }
  }
}

export interface TestDatabaseOptions {
  /** The same for all that are prepared alike. Default: no more than migrated. */
  readonly kind?: string
  readonly prepare?: (database: Database) => Promise<unknown>
  readonly connections?: number
}

/** Migrated and empty, or as `prepare` leaves the first of its kind. */
export async function testDatabase({
  kind = 'ledger',
  prepare = migrate,
  connections,
}: TestDatabaseOptions = {}): Promise<TestDatabase> {
  const place = await placeLike(kind, async ({ url, schema }) => {
    await using database = new Database({ url, schema, applicationName: 'syncfleet test' })
    await prepare(database)
  })
  return new TestDatabase(place, connections)
}
