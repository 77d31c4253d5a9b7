import { FinishedRuns } from '../../../src/ledger/work/finished-runs'
import { reopenRun } from '../../../src/ledger/work/runs'
import { only, type Sql } from '../../../src/lib/sql'
import { testDatabase } from '../../support/database'

const insertRun = async (sql: Sql): Promise<string> =>
  only(
    await sql.query<{ id: string }>(
      `insert into runs (job, kind, mode, requested_by, definition_version)
       values ('ctm', 'manual', 'live', 'a test', 1) returning id`,
    ),
  ).id

const settle = async (sql: Sql, id: string) =>
  sql.query(`update runs set state = 'ok', settled_at = clock_timestamp() where id = $1`, [id])

const idsOf = async (finished: FinishedRuns): Promise<string[]> => (await finished.next()).map(({ id }) => id)

describe('FinishedRuns', () => {
  test('tells each run once, in the order in which they settled', async () => {
    await using database = await testDatabase()
    const [first, second, open] = [
      await insertRun(database),
      await insertRun(database),
      await insertRun(database),
    ]
    const finished = new FinishedRuns(database)
    expect(await idsOf(finished)).toEqual([])
    await settle(database, second)
    await settle(database, first)
    expect(await idsOf(finished)).toEqual([second, first])
    expect(await idsOf(finished)).toEqual([])
    await settle(database, open)
    expect(await idsOf(finished)).toEqual([open])
  })

  test('tells a run again that was reopened and settled once more', async () => {
    await using database = await testDatabase()
    const id = await insertRun(database)
    const finished = new FinishedRuns(database)
    await finished.next()
    await settle(database, id)
    expect(await idsOf(finished)).toEqual([id])
    await reopenRun(database, id)
    await settle(database, id)
    expect(await idsOf(finished)).toEqual([id])
  })

  test('says nothing about what had settled before the first look', async () => {
    await using database = await testDatabase()
    await settle(database, await insertRun(database))
    const finished = new FinishedRuns(database)
    await finished.next()
    expect(await idsOf(finished)).toEqual([])
  })
})
