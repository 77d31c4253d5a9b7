import { lockSchedule, lockSlot, recordDue, settleSlot } from '../../../src/ledger/slots/slots'
import { testDatabase } from '../../support/database'
import { addAccount, addRun } from '../../support/fleet-history'
import { consoleOf } from './console'

const zone = { CTM_TIMEZONE: 'America/Chicago' }

describe('slots', () => {
  test('tells what became of each due instant, latest first', async () => {
    await using database = await testDatabase()
    const account = await addAccount(database, 'ctm', 'toyota')
    await addRun(database, {
      job: 'ctm',
      state: 'ok',
      startedAgo: 3600,
      took: 5,
      syncs: [{ account, state: 'ok' }],
    })
    const due = new Date('2030-01-01T00:00:00Z')
    await database.transaction(async (sql) => {
      const schedule = await lockSchedule(sql, 'ctm', { cron: '0 * * * *', timezone: 'UTC' })
      await recordDue(sql, 'ctm', [due], due, schedule)
      await settleSlot(sql, (await lockSlot(sql, 'ctm', due)).id, { state: 'missed', reason: 'no worker' })
    })
    const { type } = consoleOf(database, zone)
    const { code, printed } = await type(['slots', 'ctm'])

    expect(code).toBe(0)
    expect(printed.split('\n')).toEqual([
      expect.stringMatching(/^DUE +AMERICA\/CHICAGO +CLOCKS +OUTCOME +RUN +REASON$/),
      expect.stringMatching(/^2030-01-01T00:00:00Z +2029-12-31 18:00 +- +missed +- +no worker$/),
      expect.stringMatching(/^\S+Z +\S+ \S+ +- +ran +1 ok \(1 of 1\) +-$/),
    ])
    expect(JSON.parse((await type(['slots', 'ctm', '--limit', '1', '--json'])).printed)).toMatchObject([
      { dueAt: '2030-01-01T00:00:00.000Z', state: 'missed', runId: null, run: null, clocks: null },
    ])
    expect(await type(['slots', 'cdk'])).toMatchObject({ code: 0, printed: 'none' })
    expect(await type(['slots', 'ctm', '--limit', '0'])).toMatchObject({ code: 2 })
    expect(await type(['slots'])).toMatchObject({ code: 2 })
  })

  test('shows a span of time in the zone of the job, and what a change of its clocks did', async () => {
    await using database = await testDatabase()
    await database.transaction(async (sql) => {
      const hourly = { cron: '30 1,2 * * *', timezone: 'America/Chicago' }
      const dues = ['2026-03-08T07:30:00Z', '2026-03-08T08:30:00Z', '2026-11-01T06:30:00Z'].map(
        (text) => new Date(text),
      )
      const { now } = await lockSchedule(sql, 'ctm', hourly)
      await recordDue(sql, 'ctm', dues, now, hourly)
    })
    const { type } = consoleOf(database, { ...zone, CTM_CRON: '30 1,2 * * *' })
    const rowsOf = async (...args: string[]) =>
      (await type(['slots', 'ctm', ...args])).printed
        .split('\n')
        .slice(1)
        .map((line) => line.split(/ {2,}/).slice(0, 3))

    expect(await rowsOf('--from', '2026-03-08 00:00', '--to', '2026-03-08 23:59')).toEqual([
      ['2026-03-08T08:30:00Z', '2026-03-08 03:30', 'gap: for 02:30'],
      ['2026-03-08T07:30:00Z', '2026-03-08 01:30', '-'],
    ])
    expect(await rowsOf('--from', '2026-11-01 01:30')).toEqual([
      ['2026-11-01T06:30:00Z', '2026-11-01 01:30', 'fold: first time'],
    ])
    expect(await type(['slots', 'ctm', '--from', 'whenever'])).toMatchObject({
      code: 2,
      complaint: expect.stringContaining('"whenever" is no instant: expected'),
    })
    expect(await type(['slots', 'ctm', '--from', 'tomorrow 00:00', '--to', 'yesterday 00:00'])).toMatchObject(
      {
        code: 2,
        complaint: '--from tomorrow 00:00 is after --to yesterday 00:00',
      },
    )
  })
})
