import { openOverrides } from '../../../src/ledger/control/overrides'
import type { Database } from '../../../src/ledger/postgres/database'
import { testDatabase } from '../../support/database'
import { consoleOf, type Console } from './console'

describe('what the command line sets instead of the configuration', () => {
  let database: Database
  let type: Console['type']
  beforeEach(async () => {
    database = await testDatabase()
    type = consoleOf(database, { CTM_CRON: '0 6 * * *', CTM_CONCURRENCY: '4' }).type
  })
  afterEach(async () => database[Symbol.asyncDispose]())

  const reschedule = ['jobs', 'reschedule', 'ctm', '--cron', '*/20 * * * *', '--reason', 'a campaign begins']

  test('is told with its end, its author and what is configured, by lists and by answers about times to come', async () => {
    const made = await type([...reschedule, '--until', '2099-11-23 06:00'])
    const told =
      'every 20 minutes (*/20 * * * * in America/Chicago) until 2099-11-23 06:00 America/Chicago, by ada: a campaign begins; ' +
      'configured: at 06:00 (0 6 * * * in America/Chicago)'
    expect(made).toMatchObject({ code: 0, printed: `ctm: ${told}` })

    const { printed: shown } = await type(['jobs', 'show', 'ctm'])
    expect(shown).toContain('schedule    Every 20 minutes: */20 * * * * in America/Chicago')
    expect(shown).toContain(`override    schedule: ${told}`)
    const { printed: listed } = await type(['jobs', 'list'])
    expect(listed).toMatch(/^ctm +live +Every 20 minutes \(America\/Chicago\) +schedule +/m)
    const { printed: json } = await type(['jobs', 'show', 'ctm', '--json'])
    expect(JSON.parse(json)).toMatchObject({
      cron: '*/20 * * * *',
      drift: [{ differs: true, configured: { cron: '0 6 * * *' }, override: { madeBy: 'ada' } }],
    })

    expect((await type(['why', 'ctm', '2099-11-22 13:40'])).printed).toMatch(
      /will be due at 2099-11-22 13:40/,
    )
    expect((await type(['why', 'ctm', '2099-11-24 13:40'])).printed).toMatch(
      /will not be due at 2099-11-24 13:40.* 0 6 \* \* \*/,
    )
  })

  test('is all reverted where no setting is named, and one where it is', async () => {
    await type(reschedule)
    await type([
      'jobs',
      'limit',
      'ctm',
      '--concurrency',
      '2',
      '--rate',
      '50',
      '--reason',
      'they are slow',
      '--until',
      '4h',
    ])
    const { printed } = await type(['jobs', 'show', 'ctm'])
    expect(printed).toContain("limits      2 syncs at once in each worker, 50 % of the vendor's limits")

    expect(await type(['jobs', 'revert', 'ctm', 'rate'])).toMatchObject({
      code: 0,
      printed: 'ctm: its rate is as configured again',
    })
    expect((await type(['jobs', 'revert', 'ctm'])).printed.split('\n')).toEqual([
      'ctm: its concurrency is as configured again',
      'ctm: its schedule is as configured again',
    ])
    expect(await type(['jobs', 'revert', 'ctm'])).toMatchObject({
      code: 1,
      complaint: 'ctm is as configured: nothing to revert',
    })
    const { rows } = await database.query(
      `select action from audit_log where actor = 'ada' and via = 'cli' order by id`,
    )
    expect(rows.map((row) => (row as { action: string }).action)).toEqual([
      'reschedule',
      'set concurrency',
      'set rate',
      'revert',
      'revert',
      'revert',
    ])
  })

  test('is none of it set where one limit of two is refused', async () => {
    const limits = ['--concurrency', '2', '--rate', '100']
    expect(await type(['jobs', 'limit', 'ctm', ...limits, '--reason', 'they are slow'])).toMatchObject({
      code: 1,
      complaint: expect.stringContaining('is what the configuration says'),
    })
    expect(await openOverrides(database)).toEqual([])
    const { rows } = await database.query<object>('select outcome from audit_log')
    expect(rows).toEqual([{ outcome: 'refused' }])
  })

  test('is refused where it makes no sense, as wrong usage', async () => {
    const why = ['--reason', 'so']
    const refused = [
      [['jobs', 'reschedule', 'ctm', '--cron', '@daily', ...why], /^cron: expected .* \(got "@daily"\)/],
      [['jobs', 'limit', 'ctm', ...why], /expected --concurrency, --rate or both/],
      [
        ['jobs', 'limit', 'ctm', '--rate', '101', ...why],
        /^rate: expected a whole number from 1 to 100, got 101/,
      ],
      [['jobs', 'limit', 'ctm', '--rate', '50'], /--reason/],
      [['jobs', 'limit', 'ctm', '--rate', '50', ...why, '--until', 'soon'], /--until: expected/],
      [['jobs', 'revert', 'ctm', 'speed'], /expected one of schedule, concurrency, rate, got "speed"/],
    ] as const
    for (const [line, complaint] of refused)
      expect(await type(line)).toMatchObject({ code: 2, complaint: expect.stringMatching(complaint) })
  })
})
