import { only } from '../../../src/lib/sql'
import { consoleOver, ctmWorld } from '../../support/ctm-world'

describe('what is done to one account', () => {
  test('is asked for by its name, refused where it makes no sense, and leaves a trail', async () => {
    await using world = await ctmWorld()
    const { type } = consoleOver(world)
    const { id, name } = only(
      await world.engine.database.query<{ id: string; name: string }>(
        `select id, client_id || '/ctm/' || external_id as name from accounts where external_id = '71'`,
      ),
    )

    expect(await type(['accounts', 'reread', name, '--days', '40', '--reason', 'late edits'])).toMatchObject({
      code: 0,
      printed: expect.stringContaining('backfill 1 of ctm is planned: 1 account, 2 windows each'),
    })
    expect(await type(['accounts', 'break-lease', name, '--reason', 'hangs'])).toEqual({
      code: 1,
      printed: '',
      complaint: `nobody holds the lease of account ${id}`,
    })
    expect(await type(['accounts', 'resync', id, '--reason', ' '])).toMatchObject({ code: 2 })
    const resynced = await type(['accounts', 'resync', name, '--reason', 'holes', '--json'])
    expect(JSON.parse(resynced.printed)).toMatchObject({
      job: 'ctm',
      state: 'running',
      accounts: [id],
      streams: null,
    })
    expect(await type(['accounts', 'resync', id, '--reason', 'again'])).toMatchObject({
      code: 1,
      complaint: expect.stringContaining('cancel that first: `syncfleet syncs cancel '),
    })
    const run = ['jobs', 'run', 'ctm', '--accounts', '72', '--streams', 'calls', '--key', 'k', '--json']
    const [first, second] = [await type(run), await type(run)]
    expect(JSON.parse(second.printed)).toEqual(JSON.parse(first.printed))
    expect(await type(run.slice(0, -1))).toMatchObject({
      printed: expect.stringMatching(/^run \d+ of ctm was started by the same request before; /),
    })
    expect(await type(['jobs', 'run', 'ctm', '--accounts', '71', '--key', 'k'])).toMatchObject({ code: 1 })
    expect(await type(['jobs', 'run', 'ctm', '--accounts', '711'])).toMatchObject({
      complaint:
        '--accounts: no account of ctm is named 711; did you mean 71? (`accounts list --job ctm` shows all)',
    })
    expect(
      await type(['jobs', 'run', 'ctm', '--from', '2026-01-01', '--to', '2026-01-02', '--accounts', '71,72']),
    ).toMatchObject({ code: 0, printed: expect.stringContaining('backfill 2 of ctm is planned: 2 accounts') })

    const trail = await world.engine.database.query<object>(
      `select action, subject, reason from audit_log where outcome = 'done' order by id`,
    )
    expect(trail.rows).toEqual([
      { action: 'backfill', subject: 'job ctm', reason: 'late edits' },
      { action: 'full re-sync', subject: `account ${id}`, reason: 'holes' },
      { action: 'run now', subject: 'job ctm', reason: null },
      { action: 'backfill', subject: 'job ctm', reason: null },
    ])
  })
})
