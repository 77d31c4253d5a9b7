import type { Database } from '../../../src/ledger/postgres/database'
import { testDatabase } from '../../support/database'
import { until } from '../../support/until'

class Enough extends Error {}

describe('a transaction with a signal', () => {
  let database: Database
  beforeEach(async () => {
    database = await testDatabase()
    await database.query('create table things (id int primary key)')
    await database.query('insert into things values (1)')
  })
  afterEach(async () => database[Symbol.asyncDispose]())

  /** Statements of this test that wait for a lock. */
  const waiting = async (): Promise<number> => {
    const { rowCount } = await database.query(
      `select from pg_stat_activity where application_name = current_setting('application_name') and wait_event_type = 'Lock'`,
    )
    return rowCount
  }

  test('cancels the statement that waits for a lock, rolls back, and throws the reason', async () => {
    const stop = new AbortController()
    await database.transaction(async (holder) => {
      await holder.query('select from things for update')
      const blocked = database.transaction(
        async (sql) => {
          await sql.query('insert into things values (2)')
          await sql.query('update things set id = 3 where id = 1')
        },
        { signal: stop.signal },
      )
      const ending = blocked.catch((reason: unknown) => reason)
      await until('it waits for the row', async () => (await waiting()) === 1)
      stop.abort(new Enough())
      expect(await ending).toBeInstanceOf(Enough)
      expect(await waiting()).toBe(0)
    })
    expect((await database.query('select id from things')).rows).toEqual([{ id: 1 }])
  })

  test('sends no further statement once it is aborted', async () => {
    const stop = new AbortController()
    const asked = database.transaction(
      async (sql) => {
        await sql.query('insert into things values (2)')
        stop.abort(new Enough())
        // Even where the work takes no notice.
        await sql.query('insert into things values (3)').catch(() => undefined)
      },
      { signal: stop.signal },
    )
    await expect(asked).rejects.toThrow(Enough)
    await expect(database.transaction(async () => undefined, { signal: stop.signal })).rejects.toThrow(Enough)
    expect((await database.query('select id from things')).rows).toEqual([{ id: 1 }])
  })

  test('keeps what was committed before the signal aborted, and leaves the pool in order', async () => {
    const stop = new AbortController()
    await database.transaction(async (sql) => sql.query('insert into things values (2)'), {
      signal: stop.signal,
    })
    stop.abort(new Enough())
    const asked = Array.from({ length: 8 }, async () => database.query('select pg_sleep(0.01)'))
    await expect(Promise.all(asked)).resolves.toHaveLength(8)
    expect((await database.query('select id from things order by id')).rows).toEqual([{ id: 1 }, { id: 2 }])
  })
})
