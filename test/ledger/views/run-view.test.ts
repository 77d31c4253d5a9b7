import { partsOfTime, runView } from '../../../src/ledger/views/run-view'
import { testDatabase } from '../../support/database'
import { addAccount, addRun } from '../../support/fleet-history'

describe('runView', () => {
  test('tells how many attempts were under way in each part of its time, however many there were', async () => {
    await using database = await testDatabase()
    const account = await addAccount(database, 'ctm', 'acme')
    const syncs = [{ account, state: 'ok' }] as const
    await addRun(database, { job: 'ctm', state: 'ok', startedAgo: 600, took: 100, syncs })
    await database.query(
      `insert into attempts (sync_id, number, fence, worker, build, outcome, started_at, ended_at)
       select s.id, row_number() over (), 1, 'a worker', 'a build', 'ok',
         r.started_at + span.began * interval '1 second', r.started_at + span.ended * interval '1 second'
       from runs r join syncs s on s.run_id = r.id,
         (values (-5, 2.5), (1, 3), (99.5, 120)) span (began, ended), generate_series(1, 10)`,
    )
    const busy = (await runView(database, '1'))?.busy ?? []
    expect(busy.map((count) => Number(count.toFixed(3)))).toEqual([
      10,
      20,
      15,
      ...Array<number>(partsOfTime - 4).fill(0),
      5,
    ])
    await addRun(database, { job: 'ctm', state: 'ok', startedAgo: 60, took: 0 })
    expect(Math.max(...((await runView(database, '2'))?.busy ?? []))).toBe(0)
  })
})
