import type { Database } from '../../../src/ledger/postgres/database'
import { testDatabase } from '../../support/database'
import { addAccount } from '../../support/fleet-history'
import { TestQueues } from '../../support/queues'
import { testRedis } from '../../support/redis'
import { consoleOf } from './console'

describe('pause and resume', () => {
  let database: Database
  let world: TestQueues
  beforeEach(async () => {
    database = await testDatabase()
    world = await TestQueues.open()
  })
  afterEach(async () => {
    await world[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  })
  const type = async (...line: string[]) => {
    const redis = { REDIS_URL: testRedis().url, QUEUE_PREFIX: world.prefix }
    return consoleOf(database, { GOOGLE_ADS_TIMEZONE: 'America/Chicago', ...redis }).type(line)
  }

  test('pause and resume each scope, list them, and show them where the thing itself is shown', async () => {
    const account = await addAccount(database, 'ctm', 'acme')
    const job = await type('jobs', 'pause', 'google-ads', '--until', '2098-01-02 06:00', '--reason', 'budget')
    expect(job).toEqual({
      code: 0,
      printed:
        'job google-ads paused by ada until 2098-01-02 12:00:00 UTC: budget; `syncfleet jobs resume google-ads` ends it',
      complaint: '',
    })
    expect(await world.queues.of('google-ads').isPaused()).toBe(true)
    await type('clients', 'pause', 'acme', '--reason', 'moves house')
    await type('accounts', 'pause', 'acme/ctm/acme-account', '--reason', 'sold')
    expect(await type('pause', '--until', '4h', '--reason', 'fire drill')).toMatchObject({
      printed: expect.stringMatching(
        /^everything paused by ada until .* UTC: fire drill; `syncfleet resume` ends it$/,
      ),
    })
    const listed = (await type('pauses')).printed.split('\n').map((line) => line.split(/ {2,}/))
    expect(listed.map(([what]) => what)).toEqual([
      'PAUSED',
      'everything',
      `account ${account}`,
      'client acme',
      'job google-ads',
    ])
    expect((await type('jobs', 'list')).printed).toMatch(/^google-ads +\S+, paused /m)
    expect((await type('jobs', 'show', 'google-ads')).printed).toContain(
      'paused      job google-ads paused by ada until 2098-01-02 12:00:00 UTC: budget',
    )
    expect((await type('accounts', 'list')).printed).toMatch(/(client acme|account \d+) paused by ada: /)

    expect(await type('jobs', 'resume', 'google-ads')).toMatchObject({
      printed: expect.stringMatching(/^job google-ads resumed, but everything paused by ada until /),
    })
    expect((await type('resume', '--reason', 'over')).printed).toBe('everything resumed')
    const rest = JSON.parse((await type('pauses', '--json')).printed) as { subject: string }[]
    expect(rest.map(({ subject }) => subject)).toEqual([account, 'acme'])
    expect(JSON.parse((await type('pauses', '--all', '--json')).printed)).toHaveLength(4)
  })

  test('tell what was typed wrongly, and change nothing', async () => {
    expect(await type('pause')).toMatchObject({ code: 2 })
    expect(await type('pause', '--reason', 'x', '--until', 'soon')).toMatchObject({
      code: 2,
      complaint: expect.stringContaining('--until: expected 4h, 30m or 2d from now'),
    })
    expect(await type('pause', '--reason', 'x', '--until', 'yesterday 06:00')).toMatchObject({ code: 2 })
    expect(await type('jobs', 'pause', 'gogle-ads', '--reason', 'x')).toMatchObject({
      code: 2,
      complaint: expect.stringContaining('did you mean google-ads?'),
    })
    expect(await type('clients', 'pause', 'nobody', '--reason', 'x')).toMatchObject({ code: 1 })
    expect(await type('resume')).toEqual({
      code: 1,
      printed: '',
      complaint: 'nobody has paused everything; `syncfleet pauses` shows what is paused',
    })
    expect((await type('pauses', '--all')).printed).toBe('none')
    const { rows } = await database.query('select actor, action, subject, outcome from audit_log order by id')
    expect(rows).toEqual([
      { actor: 'ada', action: 'pause', subject: 'fleet', outcome: 'refused' },
      { actor: 'ada', action: 'clients pause', subject: 'nobody', outcome: 'refused' },
      { actor: 'ada', action: 'resume', subject: 'fleet', outcome: 'refused' },
    ])
  })
})
