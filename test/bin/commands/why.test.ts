import type { Database } from '../../../src/ledger/postgres/database'
import { settleSlot, lockSlot } from '../../../src/ledger/slots/slots'
import { testDatabase } from '../../support/database'
import { addAccount, addRun } from '../../support/fleet-history'
import { consoleOf } from './console'

/** No Redis answers here: what only Redis knows is left open. */
const settings = {
  CTM_TIMEZONE: 'America/Chicago',
  CTM_CRON: '30 1,2 * * *',
  CTM_EXCLUDED: 'Sat 20:00-Sun 06:00',
  CTM_MODE: 'live',
  REDIS_URL: 'redis://127.0.0.1:1',
}

describe('why', () => {
  let database: Database
  beforeAll(async () => {
    database = await testDatabase()
    await database.query(
      `insert into schedules (job, cron, timezone, checked_until) values ('ctm', '0 6 * * *', 'America/Chicago', '2026-03-01')`,
    )
    await database.query(
      `update schedules set cron = '30 1,2 * * *', checked_until = '2026-03-05' where job = 'ctm'`,
    )
    await database.query(`update schedules set checked_until = clock_timestamp() where job = 'ctm'`)
  })
  afterAll(async () => database[Symbol.asyncDispose]())

  const ask = async (instant: string, ...flags: string[]) =>
    consoleOf(database, settings).type(['why', 'ctm', instant, ...flags])
  const settled = async (dueAt: string, state: 'skipped' | 'missed', reason: string) =>
    database.transaction(async (sql) => {
      const slot = await lockSlot(sql, 'ctm', new Date(dueAt))
      await settleSlot(sql, slot.id, { state, reason })
    })

  test('names the outcome of a slot and its reason, whatever second of its minute is asked for', async () => {
    await settled('2026-03-10T06:30:00Z', 'missed', 'no worker; the policy is to skip')
    const answer =
      'ctm was due at 2026-03-10 01:30 America/Chicago (2026-03-10T06:30:00Z) and was missed: no worker; the policy is to skip.'
    for (const instant of ['2026-03-10 01:30', '2026-03-10T01:30:59-05:00', '2026-03-10T06:30:00.001Z'])
      expect(await ask(instant)).toEqual({ code: 0, printed: answer, complaint: '' })
  })

  test('tells how a run got on', async () => {
    const account = await addAccount(database, 'ctm', 'toyota')
    const other = await addAccount(database, 'ctm', 'honda')
    await addRun(database, {
      job: 'ctm',
      state: 'partial',
      startedAgo: 3 * 3600,
      took: 90,
      syncs: [
        { account, state: 'ok' },
        { account: other, state: 'failed' },
      ],
    })
    const { rows } = await database.query<{ dueAt: Date }>(
      `select due_at as "dueAt" from slots where job = 'ctm' and state = 'ran'`,
    )
    const due = rows[0]?.dueAt.toISOString() ?? ''
    const { printed } = await ask(due)
    expect(printed).toContain('and ran: run 1 started 0 ms late and ended partial after 1 min 30 s')
    expect(printed).toContain('with 1 of 2 accounts ok, 1 failed.')
    expect(JSON.parse((await ask(due, '--json')).printed)).toMatchObject({
      asked: due,
      note: null,
      answers: [{ outcome: 'ran', run: { state: 'partial', ok: 1 }, dueAt: due }],
    })
  })

  test('says which schedule was in force where nothing was due, and what is due beside', async () => {
    await settled('2026-03-10T06:30:00Z', 'missed', 'asked again')
    expect((await ask('2026-03-03 05:00')).printed).toMatch(
      /^ctm was not due at 2026-03-03 05:00 .*: the schedule is 0 6 \* \* \* in America\/Chicago \(At 06:00\)\. /,
    )
    expect((await ask('2026-03-10 05:00')).printed).toMatch(
      /the schedule is 30 1,2 .* The slot before is that of 2026-03-10 01:30 .*, the next one that of /i,
    )
  })

  test('does not claim to know what came before the ledger did', async () => {
    expect((await ask('2025-01-01 01:30')).printed).toMatch(
      /^The ledger does not know whether ctm was due at 2025-01-01 01:30 .* since 2026-02-28 18:00 America\/Chicago/,
    )
  })

  test('explains a time that the clocks left out, and answers for what came instead', async () => {
    await settled('2026-03-08T08:30:00Z', 'missed', 'no worker')
    const [note, answer] = (await ask('2026-03-08 02:30')).printed.split('\n')
    expect(note).toBe(
      'Clocks in America/Chicago never show "2026-03-08 02:30": they went from 02:00 to 03:00. What was due then came due 1 h later, at 2026-03-08 03:30.',
    )
    expect(answer).toMatch(
      /^ctm was due at 2026-03-08 03:30 .* where the clocks left out 02:30, and was missed/,
    )
  })

  test('names both instants of a time that comes twice, with one outcome each', async () => {
    await settled('2026-11-01T06:30:00Z', 'skipped', 'excluded: Sat 20:00-Sun 06:00 America/Chicago')
    const [note, first, second] = (await ask('2026-11-01 01:30')).printed.split('\n')
    expect(note).toBe(
      'Clocks in America/Chicago show "2026-11-01 01:30" twice: at 2026-11-01T06:30:00Z and at 2026-11-01T07:30:00Z.',
    )
    expect(first).toMatch(/the first of two such times, and was skipped: excluded/)
    expect(second).toMatch(/^ctm was not due at 2026-11-01 01:30 .*\(2026-11-01T07:30:00Z\)/)
  })

  test('foretells what would be decided', async () => {
    expect((await ask('2040-03-07 01:30')).printed).toBe(
      'ctm will be due at 2040-03-07 01:30 America/Chicago (2040-03-07T07:30:00Z), and will run.',
    )
    expect((await ask('2040-03-04 01:30')).printed).toContain(
      'and will not run: excluded: Sat 20:00-Sun 06:00 America/Chicago.',
    )
    expect((await ask('2040-03-07 01:31')).printed).toMatch(
      /^ctm will not be due at .* The slot before is that of 2040-03-07 01:30 .*, the next one that of 2040-03-07 02:30/,
    )
  })

  test('says what a slot without an outcome waits for', async () => {
    await database.query(
      `insert into slots (job, due_at) values ('ctm', date_trunc('minute', clock_timestamp()) - interval '10 minutes'),
         ('ctm', date_trunc('minute', clock_timestamp()) - interval '5 minutes')`,
    )
    const { rows } = await database.query<{ dueAt: Date }>(
      `select due_at as "dueAt" from slots where state = 'due' order by due_at`,
    )
    const answers = await Promise.all(rows.map(async ({ dueAt }) => (await ask(dueAt.toISOString())).printed))
    expect(answers[0]).toMatch(/has no outcome yet: (nothing starts now|a worker or the leading scheduler)/)
    expect(answers[1]).toMatch(/has no outcome yet: (nothing starts now|the slot of .* comes first)/)
    await database.query(`delete from slots where state = 'due'`)
  })

  test('refuses a job that there is not and an instant that is none', async () => {
    const { type } = consoleOf(database, settings)
    expect(await type(['why', 'ctn', 'now'])).toMatchObject({
      code: 2,
      complaint: expect.stringContaining('did you mean ctm?'),
    })
    for (const instant of ['soon', '2026-02-30 06:00', '2026-11-21', '06:00', '2026-11-21T25:00Z'])
      expect(await ask(instant)).toMatchObject({
        code: 2,
        complaint: expect.stringContaining(`"${instant}" is no instant: expected an instant such as`),
      })
  })
})
