import { fleetView } from '../../src/ledger/fleet-view'
import { hours } from '../../src/lib/durations'
import { testDatabase } from '../support/database'
import { addAccount, addRun } from '../support/fleet-history'

const ctm = { id: 'ctm', mode: 'live', freshness: hours(2) } as const
const cdk = { id: 'cdk', mode: 'off', freshness: hours(2) } as const

describe('fleetView', () => {
  test('answers for a job that nothing is known of', async () => {
    await using database = await testDatabase()
    const view = await fleetView(database, [ctm])
    expect(view.jobs.get('ctm')).toEqual({
      lastSlot: undefined,
      lastRuns: [],
      freshness: { accounts: 0, fresh: 0, oldest: null },
    })
    expect(Math.abs(view.now.getTime() - Date.now())).toBeLessThan(60_000)
  })

  test('tells the last slot that has been due, and not one to come', async () => {
    await using database = await testDatabase()
    await database.query(
      `insert into slots (job, due_at, state, reason, settled_at) values
         ('ctm', now() - interval '2 hours', 'missed', 'no worker', now()),
         ('ctm', now() - interval '1 hour', 'skipped', 'still running', now()),
         ('ctm', now() + interval '1 hour', 'due', null, null),
         ('cdk', now(), 'off', 'switched off by configuration', now())`,
    )
    const { jobs } = await fleetView(database, [ctm, cdk])
    expect(jobs.get('ctm')?.lastSlot).toMatchObject({ state: 'skipped', reason: 'still running' })
    expect(jobs.get('cdk')?.lastSlot).toMatchObject({ state: 'off' })
  })

  test('counts the syncs and rows of the last runs, latest first', async () => {
    await using database = await testDatabase()
    const [a, b, c] = [
      await addAccount(database, 'ctm', 'a'),
      await addAccount(database, 'ctm', 'b'),
      await addAccount(database, 'ctm', 'c'),
    ]
    await addRun(database, { job: 'ctm', state: 'ok', startedAgo: 9000, took: 10 })
    await addRun(database, {
      job: 'ctm',
      state: 'partial',
      startedAgo: 600,
      took: 60,
      syncs: [
        { account: a, state: 'ok', inserted: 40 },
        { account: b, state: 'failed', inserted: 2 },
        { account: c, state: 'skipped' },
      ],
    })
    await addRun(database, {
      job: 'ctm',
      state: 'running',
      startedAgo: 5,
      took: 0,
      syncs: [{ account: a, state: 'running' }],
    })
    const { jobs } = await fleetView(database, [ctm], 2)
    const none = {
      ok: 0,
      partial: 0,
      failed: 0,
      skipped: 0,
      deferred: 0,
      cancelled: 0,
      superseded: 0,
      open: 0,
    }
    expect(jobs.get('ctm')?.lastRuns).toMatchObject([
      { state: 'running', settledAt: null, rows: 0, syncs: { ...none, open: 1 } },
      { state: 'partial', rows: 42, syncs: { ...none, ok: 1, failed: 1, skipped: 1 } },
    ])
  })

  test('judges freshness by the last good sync of each enabled account', async () => {
    await using database = await testDatabase()
    const fresh = await addAccount(database, 'ctm', 'fresh')
    const stale = await addAccount(database, 'ctm', 'stale')
    await addAccount(database, 'ctm', 'disabled', { enabled: false })
    const good = (account: string, hoursAgo: number) =>
      addRun(database, {
        job: 'ctm',
        state: 'ok',
        startedAgo: hoursAgo * 3600 + 5,
        took: 5,
        syncs: [{ account, state: 'ok' }],
      })
    await good(stale, 5)
    await good(fresh, 4)
    await good(fresh, 1)
    await addRun(database, {
      job: 'ctm',
      state: 'partial',
      startedAgo: 60,
      took: 5,
      syncs: [
        { account: stale, state: 'failed' },
        { account: fresh, state: 'partial' },
      ],
    })
    await addRun(database, {
      job: 'ctm',
      state: 'ok',
      mode: 'shadow',
      startedAgo: 50,
      took: 5,
      syncs: [{ account: stale, state: 'ok' }],
    })
    const before = (await fleetView(database, [ctm])).jobs.get('ctm')?.freshness
    expect(before).toMatchObject({
      accounts: 2,
      fresh: 1,
      oldest: { client: 'Client stale', account: 'stale-account' },
    })
    expect(Math.round((Date.now() - Number(before?.oldest?.syncedAt)) / hours(1))).toBe(5)

    await addAccount(database, 'ctm', 'new')
    const { jobs } = await fleetView(database, [ctm])
    expect(jobs.get('ctm')?.freshness).toMatchObject({
      accounts: 3,
      oldest: { client: 'Client new', syncedAt: null },
    })
  })
})
