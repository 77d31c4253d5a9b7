import { dealers } from '../../../sandbox'
import { testDatabase } from '../../support/database'
import { production } from '../../config/production'
import { consoleOf } from './console'

describe('demo seed', () => {
  test('puts the demo clients in with their accounts, once', async () => {
    await using database = await testDatabase()
    const { type } = consoleOf(database)
    const count = dealers.length
    expect(await type(['demo', 'seed'])).toEqual({
      code: 0,
      printed: `${count} demo clients are in, with their accounts`,
      complaint: '',
    })
    expect((await database.query('select distinct client_id from accounts')).rowCount).toBe(count)
    await database.query('update accounts set enabled = false')

    expect(await type(['demo', 'seed'])).toMatchObject({
      code: 0,
      printed: 'this ledger has clients already',
    })
    expect((await database.query('select from accounts where enabled')).rowCount).toBe(0)
  })

  test('goes on where a seeding was cut off before the accounts', async () => {
    await using database = await testDatabase()
    const { type } = consoleOf(database)
    await type(['demo', 'seed'])
    await database.query('delete from accounts')
    expect(await type(['demo', 'seed', '--json'])).toMatchObject({
      code: 0,
      printed: JSON.stringify({ seeded: dealers.length }, null, 2),
    })
  })

  test('leaves the ledger of production alone', async () => {
    await using database = await testDatabase()
    expect(await consoleOf(database, production()).type(['demo', 'seed'])).toMatchObject({
      code: 1,
      complaint: 'demo clients do not go into the ledger of production',
    })
    expect((await database.query('select from clients')).rowCount).toBe(0)
  })
})
