import { StorageUnavailableError } from '../../src/job/errors'
import { Database } from '../../src/ledger/database'
import { testDatabase } from '../support/database'
import { testUrl } from '../support/redis'

describe('Database', () => {
  let database: Database
  beforeEach(async () => (database = await testDatabase()))
  afterEach(async () => database[Symbol.asyncDispose]())

  /** As a restart or a failover does it. */
  const cutOff = async (processId: unknown) => database.query('select pg_terminate_backend($1)', [processId])
  const backend = 'select pg_backend_pid() as id'

  test('says that the store is away when its connection is ended between two statements', async () => {
    const cut = database.transaction(async (sql) => {
      const { rows } = await sql.query<{ id: number }>(backend)
      await cutOff(rows[0]?.id)
      await sql.query('select 1')
    })
    await expect(cut).rejects.toThrow(StorageUnavailableError)
    await expect(database.query('select 1')).resolves.toMatchObject({ rowCount: 1 })
  })

  test('says so too when the connection is ended while nobody asks anything', async () => {
    const cut = database.transaction(async (sql) => {
      const { rows } = await sql.query<{ id: number }>(backend)
      await cutOff(rows[0]?.id)
      // Long enough for the news to arrive before the next statement.
      for (let time = 0; time < 20; time += 1) await database.query('select 1')
      await sql.query('select 1')
    })
    await expect(cut).rejects.toThrow(StorageUnavailableError)
  })

  test('says that the store is away when nobody listens', async () => {
    await using nowhere = new Database({
      url: 'postgres://nobody:secret@127.0.0.1:1/none',
      schema: 'none',
      applicationName: 'test',
    })
    const error: unknown = await nowhere.query('select 1').catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(StorageUnavailableError)
    expect(String(error)).toContain('ECONNREFUSED')
    expect(String(error)).not.toContain('secret')
  })

  test.each(['57P01', '53300', '40P01', '40001', '08006', '55P03', '25P03'])(
    'takes the state %s for an outage',
    async (state) => {
      const raised = database.query(`do $$ begin raise exception 'x' using errcode = '${state}'; end $$`)
      await expect(raised).rejects.toThrow(StorageUnavailableError)
    },
  )

  test('leaves the errors of a statement as they are', async () => {
    await expect(database.query('select 1 / 0')).rejects.toMatchObject({ code: '22012' })
    await expect(database.query('selec')).rejects.toMatchObject({ code: '42601' })
  })

  test('rolls back what a failed transaction did, and commits the others', async () => {
    const add = (id: string) => `insert into clients (id, name, timezone) values ('${id}', 'x', 'UTC')`
    await database.transaction((sql) => sql.query(add('kept')))
    const failed = database.transaction(async (sql) => {
      await sql.query(add('undone'))
      throw new Error('no')
    })
    await expect(failed).rejects.toThrow('no')
    expect((await database.query('select id from clients')).rows).toEqual([{ id: 'kept' }])
  })

  test('takes a prepared statement whose result a migration changed for an outage, and prepares it anew', async () => {
    await database.query('create table things (id int)')
    await database.query('insert into things values (1)')
    const found = async () =>
      database.transaction(
        async (sql) => (await sql.query('select id from things', [], { prepared: 'things' })).rows,
      )
    expect(await found()).toEqual([{ id: 1 }])
    await database.query('alter table things alter id type bigint')
    await expect(found()).rejects.toThrow(StorageUnavailableError)
    expect(await found()).toEqual([{ id: '1' }])
  })

  test('gives back days as they are written', async () => {
    await using elsewhere = new Database({
      url: testUrl('TEST_DATABASE_URL'),
      schema: database.schema,
      applicationName: 'test',
    })
    expect((await elsewhere.query(`select date '2026-03-08' as day`)).rows).toEqual([{ day: '2026-03-08' }])
  })
})
