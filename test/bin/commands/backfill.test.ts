import { days } from '../../../src/lib/durations'
import { timeLeft } from '../../../src/bin/commands/backfill-views'
import type { BackfillRow } from '../../../src/ledger/backfills/backfills'
import { untilSettled } from '../../support/conformance/drive'
import { stepBackfill } from '../../../src/runs/backfills/backfill-work'
import { consoleOver, ctmWorld } from '../../support/ctm-world'

const march = ['--from', '2026-01-01', '--to', '2026-03-31']

describe('backfill', () => {
  test('estimates calls first, and begins nothing on a dry run', async () => {
    await using world = await ctmWorld()
    const { type } = consoleOver(world)
    expect(await type(['backfill', 'ctm', ...march, '--accounts', '71,72', '--dry-run'])).toEqual({
      code: 0,
      printed: 'ctm, 2026-01-01 to 2026-03-31: 2 accounts, 3 windows each, about 30 calls; nothing was begun',
      complaint: '',
    })
    const { printed } = await type(['backfill', 'ctm', ...march, '--dry-run', '--json'])
    expect(JSON.parse(printed)).toMatchObject({
      accounts: 3,
      calls: 45,
      windows: [{ to: '2026-03-31' }, {}, {}],
    })
    expect(await type(['backfill', 'list'])).toMatchObject({ printed: 'none' })
  })

  test('is planned, listed, shown, paused, resumed and cancelled, and leaves a trail', async () => {
    await using world = await ctmWorld()
    const { type } = consoleOver(world)
    const { engine } = world
    expect(
      await type([
        'backfill',
        'ctm',
        ...march,
        '--accounts',
        '71',
        '--streams',
        'calls',
        '--reason',
        'new tags',
      ]),
    ).toMatchObject({
      code: 0,
      printed: expect.stringContaining('backfill 1 of ctm is planned: 1 account, 3 windows'),
    })
    await stepBackfill(engine.database, engine.job, '1')
    const { rows } = await engine.database.query<{ id: string }>(
      `select id from syncs where lane = 'backfill'`,
    )
    await untilSettled(engine, world.worker, rows[0]?.id ?? '')
    await stepBackfill(engine.database, engine.job, '1')

    expect((await type(['backfill', 'list'])).printed.split('\n')[1]).toMatch(
      /^1 +ctm +2026-01-01 to 2026-03-31 +running +1 +3 +1 +0 +0 +ada/,
    )
    const shown = (await type(['backfill', 'show', '1'])).printed.split('\n')
    expect(shown.slice(0, 2)).toEqual([
      'backfill 1 of ctm, 2026-01-01 to 2026-03-31 (calls): running, asked for by ada: new tags',
      '33 %: 1 of 3 windows done, 0 failed, 1 under way; 0 rows changed, about 15 calls in all',
    ])
    expect(await type(['backfill', 'pause', '1', '--reason', 'month end'])).toMatchObject({
      printed: 'backfill 1 is paused',
    })
    expect(JSON.parse((await type(['backfill', 'show', '1', '--json'])).printed)).toMatchObject({
      state: 'paused',
      underWay: 0,
      leftMs: null,
    })
    expect(await type(['backfill', 'pause', '1'])).toMatchObject({
      code: 1,
      complaint: 'backfill 1 is paused: nothing to pause',
    })
    expect(await type(['backfill', 'resume', '1'])).toMatchObject({ printed: 'backfill 1 is resumed' })
    expect(JSON.parse((await type(['backfill', 'cancel', '1', '--json'])).printed)).toEqual({
      backfill: '1',
      state: 'cancelled',
    })
    const trail = await engine.database.query<object>(
      `select actor, action, subject, reason from audit_log where outcome = 'done' order by id`,
    )
    expect(trail.rows).toEqual([
      { actor: 'ada', action: 'backfill', subject: 'job ctm', reason: 'new tags' },
      { actor: 'ada', action: 'pause backfill', subject: 'backfill 1', reason: 'month end' },
      { actor: 'ada', action: 'resume backfill', subject: 'backfill 1', reason: null },
      { actor: 'ada', action: 'cancel backfill', subject: 'backfill 1', reason: null },
    ])
  })

  test('refuses what makes no sense', async () => {
    await using world = await ctmWorld()
    const { type } = consoleOver(world)
    const refused = async (...line: string[]) => (await type(['backfill', ...line])).complaint
    expect(await refused('ctm')).toBe('give both --from and --to')
    expect(await refused('ctm', '--from', '2026-02-02', '--to', '2026-02-01')).toMatch(/is after/)
    expect(await refused('ctm', '--from', '2026-02-02', '--to', '9999-02-03')).toMatch(/in the future/)
    expect(await refused('dealertrend', ...march)).toMatch(/has no days to read again|has no enabled account/)
    expect(await refused('ctm', ...march, '--streams', 'cals')).toMatch(/did you mean calls/)
    expect(await refused('ctm', ...march, '--accounts', 'nobody')).toMatch(
      /no account of ctm is named nobody/,
    )
    expect(await refused('show', '7')).toMatch(/there is no backfill 7/)
    expect(await refused('cancel', '7')).toMatch(/there is no backfill 7/)
  })
})

describe('timeLeft', () => {
  const backfill = {
    state: 'running',
    windows: 10,
    done: 3,
    failed: 1,
    startedAt: new Date(0),
  } as BackfillRow

  test('goes by how long the windows so far took', () => {
    expect(timeLeft(backfill, new Date(days(4)))).toBe(days(6))
  })

  test('is unknown before a window is done, and of what does not run', () => {
    expect(timeLeft({ ...backfill, done: 0, failed: 0 }, new Date(days(4)))).toBeUndefined()
    expect(timeLeft({ ...backfill, state: 'paused' }, new Date(days(4)))).toBeUndefined()
    expect(timeLeft({ ...backfill, startedAt: null }, new Date(days(4)))).toBeUndefined()
  })
})
