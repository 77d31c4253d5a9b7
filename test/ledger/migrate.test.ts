import { isMigrated, migrate } from '../../src/ledger/migrate'
import { Database } from '../../src/ledger/postgres/database'
import { testDatabase } from '../support/database'
import { testUrl } from '../support/redis'

describe('migrate', () => {
  const opened: Database[] = []
  const open = (schema: string): Database => {
    const database = new Database({
      url: testUrl('TEST_DATABASE_URL'),
      schema,
      applicationName: 'migrate test',
    })
    opened.push(database)
    return database
  }
  afterEach(async () => {
    for (const database of opened.splice(0)) {
      await database.query(`drop schema if exists ${database.schema} cascade`)
      await database[Symbol.asyncDispose]()
    }
  })

  test('lets many containers start at once, and applies each migration once', async () => {
    const schema = `test_migrate_${process.pid}`
    const results = await Promise.all([1, 2, 3, 4].map(() => migrate(open(schema))))
    const applied = results.flatMap((result) => result.applied)
    expect(applied.length).toBeGreaterThan(0)
    expect(new Set(applied).size).toBe(applied.length)
  })

  test('finds nothing to do the second time', async () => {
    await using database = await testDatabase()
    expect(await isMigrated(database)).toBe(true)
    expect(await migrate(database)).toEqual({ applied: [] })
  })

  test('knows an empty database', async () => {
    expect(await isMigrated(open(`test_empty_${process.pid}`))).toBe(false)
  })

  test('keeps the audit log append-only', async () => {
    await using database = await testDatabase()
    await database.query(
      `insert into audit_log (actor, via, action, subject, outcome) values ('a', 'cli', 'b', 'c', 'done')`,
    )
    await expect(database.query(`update audit_log set actor = 'z'`)).rejects.toThrow('append-only')
    await expect(database.query('delete from audit_log')).rejects.toThrow('append-only')
    await expect(database.query('truncate audit_log')).rejects.toThrow('append-only')
  })
})
