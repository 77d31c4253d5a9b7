import { lockSchedule, lockSlot, recordDue, settleSlot } from '../../../src/ledger/slots'
import { testDatabase } from '../../support/database'
import { addRun } from '../../support/fleet-history'
import { consoleOf } from './console'

describe('slots', () => {
  test('tells what became of each due instant, latest first', async () => {
    await using database = await testDatabase()
    await addRun(database, { job: 'ctm', state: 'ok', startedAgo: 3600, took: 5 })
    const due = new Date('2030-01-01T00:00:00Z')
    await database.transaction(async (sql) => {
      const schedule = await lockSchedule(sql, 'ctm', { cron: '0 * * * *', timezone: 'UTC' })
      await recordDue(sql, 'ctm', [due], due, schedule)
      await settleSlot(sql, (await lockSlot(sql, 'ctm', due)).id, { state: 'missed', reason: 'no worker' })
    })
    const { type } = consoleOf(database)
    const { code, printed } = await type(['slots', 'ctm'])

    expect(code).toBe(0)
    expect(printed.split('\n')).toEqual([
      expect.stringMatching(/^DUE +OUTCOME +RUN +REASON$/),
      '2030-01-01T00:00:00Z  missed   -    no worker',
      expect.stringMatching(/^\S+Z +ran +1 +-$/),
    ])
    expect(JSON.parse((await type(['slots', 'ctm', '--limit', '1', '--json'])).printed)).toMatchObject([
      { dueAt: '2030-01-01T00:00:00.000Z', state: 'missed', runId: null },
    ])
    expect(await type(['slots', 'cdk'])).toMatchObject({ code: 0, printed: 'none' })
    expect(await type(['slots', 'ctm', '--limit', '0'])).toMatchObject({ code: 2 })
    expect(await type(['slots'])).toMatchObject({ code: 2 })
  })
})
