import { StorageUnavailableError } from '../../../src/job/errors'
import { Database } from '../../../src/ledger/postgres/database'
import { type TestDatabase, testDatabase } from '../../support/database'
import { Relay } from '../../support/relay'
import { until } from '../../support/until'

describe('Database', () => {
  let database: TestDatabase
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

  const raise = async (state: string) =>
    database.query(`do $$ begin raise exception 'x' using errcode = '${state}'; end $$`)

  test.each([
    '57P01',
    '57P02',
    '57P03',
    '53100',
    '53200',
    '53300',
    '08006',
    '25006',
    '58030',
    '28P01',
    '3D000',
  ])('takes the state %s for an outage', async (state) => {
    await expect(raise(state)).rejects.toMatchObject({ code: 'storage_unavailable', isOutage: true })
  })

  test.each(['40P01', '40001', '55P03', '25P03', '57014', '57P05'])(
    'takes the state %s for trouble of one transaction',
    async (state) => {
      await expect(raise(state)).rejects.toMatchObject({ code: 'storage_unavailable', isOutage: false })
    },
  )

  test('says that the store is away when it takes no writes', async () => {
    const readOnly = database.transaction(async (sql) => {
      await sql.query('set transaction read only')
      await sql.query(`insert into clients (id, name, timezone) values ('a', 'x', 'UTC')`)
    })
    await expect(readOnly).rejects.toMatchObject({ code: 'storage_unavailable', isOutage: true })
  })

  test('does not wait longer for an answer than it is told to', async () => {
    await database.session(async (holder) => {
      await holder.query('select pg_advisory_lock(7)')
      await expect(database.query('select pg_advisory_lock(7)', [], { within: 50 })).rejects.toThrow(
        StorageUnavailableError,
      )
    })
  })

  test('tells of an outage once, and once when it is over', async () => {
    const told: string[] = []
    await using relay = new Relay(database.url)
    const url = new URL(database.url)
    url.port = String(await relay.start())
    await using away = new Database({
      url: url.href,
      schema: database.schema,
      applicationName: 'test',
      outages: { lost: () => void told.push('lost'), back: () => void told.push('back') },
    })
    await away.check()
    await relay.stop()
    for (let time = 0; time < 5; time += 1)
      await expect(away.query('select 1')).rejects.toThrow(StorageUnavailableError)
    await expect(away.check()).rejects.toThrow(StorageUnavailableError)
    expect(told).toEqual(['lost'])
    await relay.start()
    await until('it is over', async () => told.length > 1)
    await away.check()
    expect(told).toEqual(['lost', 'back'])
  })

  test('tells of no outage where it cut off and refuses everything itself', async () => {
    const told: string[] = []
    const { url, schema } = database
    await using ended = new Database({
      url,
      schema,
      applicationName: 'test',
      outages: { lost: () => void told.push('lost'), back: () => void told.push('back') },
    })
    await ended.check()
    const underWay = ended.query('select pg_sleep(600)').catch((error: unknown) => error)
    await until('it is under way', async () => {
      const { rowCount } = await database.query(
        "select 1 from pg_stat_activity where query = 'select pg_sleep(600)' and state = 'active'",
      )
      return rowCount > 0
    })
    ended.abandon()
    expect(await underWay).toBeInstanceOf(StorageUnavailableError)
    await expect(ended.query('select 1')).rejects.toThrow(StorageUnavailableError)
    await expect(ended.transaction((sql) => sql.query('select 1'))).rejects.toThrow(StorageUnavailableError)
    expect(told).toEqual([])
    // The server sleeps on, unaware.
    await database.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where query = 'select pg_sleep(600)'",
    )
  })

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
      url: database.url,
      schema: database.schema,
      applicationName: 'test',
    })
    expect((await elsewhere.query(`select date '2026-03-08' as day`)).rows).toEqual([{ day: '2026-03-08' }])
  })
})
