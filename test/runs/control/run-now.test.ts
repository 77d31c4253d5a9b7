import { listAccounts } from '../../../src/ledger/accounts/accounts'
import { planSyncs } from '../../../src/ledger/work/plan-syncs'
import { insertRun } from '../../../src/ledger/work/runs'
import { openSyncsOf } from '../../../src/ledger/work/open-syncs'
import { runBullId } from '../../../src/queue/bull-jobs'
import type { Job } from '../../../src/job/define-job'
import type { Sync } from '../../../src/job/sync'
import { runNow, type RanNow, type RunNowRequest } from '../../../src/runs/control/run-now'
import { Engine } from '../../support/engine'
import { type madeUp, madeUpJob } from '../../support/made-up-job'

const by = { actor: 'ada', via: 'cli' } as const

describe('runNow', () => {
  const setup = async (accounts = 2) => {
    const engine = await Engine.open(accounts)
    return {
      engine,
      ask: async (request: Partial<RunNowRequest> = {}, job: Job = madeUpJob()) =>
        runNow(engine.tools, job, { by, ...request }) as Promise<RanNow>,
      trail: async () => engine.rows('select action, subject, after, reason from audit_log order by id'),
      [Symbol.asyncDispose]: async () => engine[Symbol.asyncDispose](),
    }
  }

  test('starts a run for some accounts, queues it, and leaves a row that names their clients', async () => {
    await using world = await setup()
    const { engine } = world
    const [first = ''] = engine.accounts
    const { run, queued, isNew } = await world.ask({ accountIds: [first], reason: ' new tags ' })

    expect({ queued, isNew, state: run.state }).toEqual({ queued: true, isNew: true, state: 'running' })
    expect(await openSyncsOf(engine.database, run.id)).toHaveLength(1)
    expect(await engine.queues.runs.getJob(runBullId(run.id))).toBeDefined()
    expect(await world.trail()).toEqual([
      {
        action: 'run now',
        subject: 'job dealertrend',
        after: { run: run.id, accounts: ['dealertrend-client-1'], streams: 'all' },
        reason: 'new tags',
      },
    ])
  })

  test('comes to one run and one row however often it is asked for with the same key', async () => {
    await using world = await setup()
    const [first = '', second = ''] = world.engine.accounts
    const ask = async () => world.ask({ requestKey: 'k', accountIds: [second, first] })
    const asked = [...(await Promise.all([ask(), ask(), ask()])), await ask()]

    expect(new Set(asked.map(({ run }) => run.id)).size).toBe(1)
    expect(asked.filter(({ isNew }) => isNew)).toHaveLength(1)
    expect(await world.trail()).toHaveLength(1)
    for (const other of [
      { accountIds: [first] },
      { streams: ['cars'] },
      { window: { from: '2026-01-01', to: '2026-01-02' } },
    ])
      await expect(
        world.ask({ requestKey: 'k', accountIds: [second, first], ...other }),
      ).rejects.toMatchObject({
        refusal: 'conflict',
        message: expect.stringMatching(/^the key k stands for run 1/),
      })
  })

  test('reads only the streams that were asked for, moves no other cursor, and makes no account fresher', async () => {
    await using world = await setup(1)
    const { engine } = world
    const wanted: boolean[] = []
    const readsAll: Sync<typeof madeUp> = async function* ({ streams: { orders, cars }, wants }) {
      wanted.push(wants('orders'), wants('cars'))
      yield orders.page([{ order_id: 1n, note: null }], { cursor: 5 })
      yield cars.page([{ vin: 'v', color: null }])
      yield cars.complete()
    }
    const { run } = await world.ask({ streams: ['cars'] })
    const [sync] = await openSyncsOf(engine.database, run.id)
    const syncId = sync?.syncId ?? ''
    const slot = await insertRun(engine.database, {
      job: 'dealertrend',
      kind: 'slot',
      mode: 'live',
      definitionVersion: 1,
      dueAt: new Date(),
    })
    await planSyncs(engine.database, slot ?? run)

    expect(await engine.attempt(syncId, readsAll)).toMatchObject({ kind: 'done' })
    expect(wanted).toEqual([false, true])
    expect(await engine.sync(syncId)).toMatchObject({ state: 'ok', streams: ['cars'], narrow: true })
    expect(await engine.rows('select order_id from dealertrend_orders')).toEqual([])
    expect(await engine.rows('select vin from dealertrend_cars')).toEqual([{ vin: 'v' }])
    expect(await engine.rows('select stream from stream_states where cursor is not null')).toEqual([])
    expect(await listAccounts(engine.database)).toMatchObject([{ lastOkAt: null }])
    // The slot's own sync did not happen, and nothing else does its work.
    expect(await engine.rows(`select state, kept_out from syncs where run_id <> ${run.id}`)).toEqual([
      { state: 'skipped', kept_out: true },
    ])
  })

  test('refuses what is not there, off or disabled, and leaves nothing behind', async () => {
    await using world = await setup()
    const { engine } = world
    const [first = ''] = engine.accounts
    const refused = async (request: Partial<RunNowRequest>, job?: Job) =>
      world
        .ask(request, job)
        .catch(({ refusal, message }: { refusal: string; message: string }) => `${refusal}: ${message}`)

    expect(await refused({ streams: ['car'] })).toMatch(/^not-found: .* "car"; did you mean cars\?/)
    expect(await refused({ accountIds: ['999'] })).toBe('not-found: dealertrend has no account 999')
    expect(await refused({ accountIds: ['x'] })).toMatch(/^not-found/)
    expect(await refused({ reason: 'x'.repeat(501) })).toMatch(/^invalid: the reason/)
    expect(await refused({}, madeUpJob({ mode: 'off' }))).toMatch(/^conflict: dealertrend is off/)
    expect(await refused({ window: { from: '2026-01-01', to: '2026-01-02' } })).toMatch(/^invalid: .*no days/)
    await engine.database.query('update accounts set enabled = false where id = $1', [first])
    expect(await refused({ accountIds: [first] })).toMatch(/^conflict: disabled: dealertrend-client-1/)
    await engine.database.query(
      "insert into pauses (scope, subject, reason, paused_by) values ('job', 'dealertrend', 'month end', 'bob')",
    )
    expect(await refused({})).toMatch(/^conflict: .*job dealertrend paused by bob: month end/)
    expect(await world.trail()).toEqual([])
    expect(await engine.rows('select from runs')).toEqual([])
  })
})
