import { randomBytes } from 'node:crypto'
import { claimDemoSchema } from '../../src/ledger/demo-schema'
import { Database } from '../../src/ledger/postgres/database'
import { testUrl } from '../support/redis'

/** A database without its schema; what a test made of it is dropped. */
function bareDatabase(): Database {
  const schema = `demo_${randomBytes(6).toString('hex')}`
  return new Database({ url: testUrl('TEST_DATABASE_URL'), schema, applicationName: 'test' })
}

describe('claimDemoSchema', () => {
  test('makes a schema that is not there, and knows it again', async () => {
    await using database = bareDatabase()
    expect(await claimDemoSchema(database)).toBe('demo')
    expect(await claimDemoSchema(database)).toBe('demo')
    await database.query(`drop schema ${database.schema}`)
  })

  test('leaves a schema alone that somebody else made, even an empty one', async () => {
    await using database = bareDatabase()
    await database.query(`create schema ${database.schema}`)
    expect(await claimDemoSchema(database)).toBe('theirs')
    await database.query(`drop schema ${database.schema}`)
  })

  test('is made once when two start at the same time', async () => {
    await using database = bareDatabase()
    const claims = await Promise.all([claimDemoSchema(database), claimDemoSchema(database)])
    expect(claims).toEqual(['demo', 'demo'])
    await database.query(`drop schema ${database.schema}`)
  })
})
