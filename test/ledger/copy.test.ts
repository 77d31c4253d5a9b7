import type { Database } from '../../src/ledger/postgres/database'
import { testDatabase } from '../support/database'

describe('copying rows within a transaction', () => {
  let database: Database
  beforeEach(async () => {
    database = await testDatabase()
    await database.query('create table things (id int primary key, name text)')
  })
  afterEach(() => database[Symbol.asyncDispose]())

  const copyThings = 'copy things (id, name) from stdin'
  const things = async () => (await database.query('select id, name from things order by id')).rows

  test('writes them with what is sent before and behind', async () => {
    const answers = await database.transaction((sql) =>
      Promise.all([
        sql.query<{ count: string }>('select count(*) from things'),
        sql.copy(copyThings, ['1\tone\n2\t\\N\n', '3\tthr\\tee\n']),
        sql.query<{ count: string }>('select count(*) from things'),
      ]),
    )

    expect([answers[0].rows[0]?.count, answers[2].rows[0]?.count]).toEqual(['0', '3'])
    expect(await things()).toEqual([
      { id: 1, name: 'one' },
      { id: 2, name: null },
      { id: 3, name: 'thr\tee' },
    ])
  })

  test('takes more than a socket holds, and nothing at all', async () => {
    const long = 'x'.repeat(100_000)
    await database.transaction((sql) =>
      sql.copy(
        copyThings,
        Array.from({ length: 200 }, (_, id) => `${id}\t${long}\n`),
      ),
    )
    await database.transaction((sql) => sql.copy(copyThings, []))

    expect(await things()).toHaveLength(200)
  })

  test('rolls back with its transaction', async () => {
    const failing = database.transaction(async (sql) => {
      await sql.copy(copyThings, ['1\tone\n'])
      throw new Error('no more')
    })

    await expect(failing).rejects.toThrow('no more')
    expect(await things()).toEqual([])
  })

  test.each([
    ['rows that the table refuses', copyThings, 'duplicate key value'],
    [
      'a statement that cannot be carried out',
      'copy nothing (id) from stdin',
      'relation "nothing" does not exist',
    ],
  ])(
    'says what was wrong with %s, and leaves the connection as good as new',
    async (_, statement, message) => {
      const failing = database.transaction((sql) => sql.copy(statement, ['1\tone\n', '1\tone\n']))

      await expect(failing).rejects.toThrow(message)
      await database.transaction((sql) => sql.copy(copyThings, ['1\tone\n']))
      expect(await things()).toEqual([{ id: 1, name: 'one' }])
    },
  )
})
