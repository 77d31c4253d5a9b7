import type { AnySync } from '../../../src/job/sync'
import { listBackfills } from '../../../src/ledger/backfills/backfills'
import { days, hours, seconds } from '../../../src/lib/durations'
import { orderBackfill, requestBackfill, stepBackfill } from '../../../src/runs/backfills/backfill-work'
import { hearing } from '../../support/conformance/cut'
import { untilSettled } from '../../support/conformance/drive'
import type { HeldAccount } from '../../support/conformance/job-engine'
import type { TestWorld } from '../../support/conformance/test-world'
import { ctmWorld } from '../../support/ctm-world'
import { parkByHand } from '../../support/ledger'

/** Ten days of calls, 400 of them: three pages, the first two of which leave a position. */
const window = { from: '2026-10-18', to: '2026-10-28' }

const setup = async () => {
  const world = await ctmWorld({ calls: 480, every: days(12) / 480 })
  const [first, second] = world.accounts
  if (!first || !second) throw new Error('no accounts')
  const { engine } = world
  const { database } = engine
  for (const account of [first, second]) await world.catchUp(account)
  const states = (await database.query('select * from stream_states order by account_id')).rows
  /** As if these days had never been read. */
  await database.query('delete from ctm_calls where call_day between $1 and $2', [window.from, window.to])
  const begin = async (accounts: readonly HeldAccount[] = [first, second], of = window): Promise<string> =>
    database.transaction((sql) =>
      requestBackfill(sql, engine.job, {
        days: of,
        streams: null,
        accountIds: accounts.map(({ id }) => id),
        requestedBy: 'ada',
      }),
    )
  return {
    world,
    first,
    second,
    database,
    begin,
    step: async (id: string) => stepBackfill(database, engine.job, id),
    order: async (id: string, order: 'pause' | 'resume' | 'cancel') =>
      database.transaction((sql) => orderBackfill(sql, id, order)),
    show: async (id: string) => {
      const [found] = await listBackfills(database, { id, limit: 1 })
      if (!found) throw new Error(`no backfill ${id}`)
      return found
    },
    /** The open syncs of the lane, by account. */
    open: async () =>
      (
        await database.query<{ id: string; account_id: string }>(
          `select id, account_id from syncs where lane = 'backfill' and state in ('waiting', 'running') order by account_id`,
        )
      ).rows.map(({ id }) => id),
    untouched: async () =>
      expect((await database.query('select * from stream_states order by account_id')).rows).toEqual(states),
    [Symbol.asyncDispose]: async () => world[Symbol.asyncDispose](),
  }
}

const syncOf = async (ground: { open: () => Promise<string[]> }): Promise<string> => {
  const [id] = await ground.open()
  if (id === undefined) throw new Error('no open sync in the lane')
  return id
}

/** What the tables lack of the truth, for accounts that are whole but for the window. */
const lacking = async (world: TestWorld, account: HeldAccount): Promise<number> =>
  (await world.differences(account)).length

describe('a backfill', () => {
  test('reads the days of its accounts again, and moves no live cursor', async () => {
    await using ground = await setup()
    const { world, first, second } = ground
    expect(await lacking(world, first)).toBeGreaterThan(0)
    const id = await ground.begin()
    expect(await ground.step(id)).toMatchObject({
      kind: 'run',
      syncs: 2,
      run: { kind: 'backfill', requestedBy: 'ada' },
    })
    expect(await ground.step(id)).toEqual({ kind: 'waiting' })
    for (const syncId of await ground.open())
      expect(await untilSettled(world.engine, world.worker, syncId)).toMatchObject({ state: 'ok' })
    expect(await ground.step(id)).toEqual({ kind: 'done' })
    expect(await world.differences(first)).toEqual([])
    expect(await world.differences(second)).toEqual([])
    await ground.untouched()
    expect(await ground.show(id)).toMatchObject({
      state: 'done',
      windows: 2,
      done: 2,
      failed: 0,
      estimatedCalls: 10,
    })
  })

  test('reads windows latest first, a run for each round of accounts', async () => {
    await using ground = await setup()
    const { world, database } = ground
    const id = await ground.begin(undefined, { from: '2026-08-20', to: '2026-10-28' })
    const read: unknown[] = []
    const note = (sync: AnySync): AnySync =>
      function (context) {
        read.push((context as { days: unknown }).days)
        return sync(context)
      }
    for (let round = 0; round < 3; round += 1) {
      expect(await ground.step(id)).toMatchObject({ kind: 'run', syncs: 2 })
      for (const syncId of await ground.open())
        await untilSettled(world.engine, world.worker, syncId, () => ({ through: note }))
    }
    expect(await ground.step(id)).toEqual({ kind: 'done' })
    const months = [
      { from: '2026-09-28', to: '2026-10-28' },
      { from: '2026-08-28', to: '2026-09-27' },
      { from: '2026-08-20', to: '2026-08-27' },
    ]
    expect(read).toEqual(months.flatMap((of) => [of, of]))
    const { rows } = await database.query<{ state: string }>(`select state from runs where kind = 'backfill'`)
    expect(rows).toEqual([{ state: 'ok' }, { state: 'ok' }, { state: 'ok' }])
  })

  test('lets a live sync of the account in between two of its pages, and goes on where it was', async () => {
    await using ground = await setup()
    const { world, first } = ground
    const { engine, worker } = world
    const id = await ground.begin([first])
    await ground.step(id)
    const syncId = await syncOf(ground)
    const order: string[] = []
    let liveId: string | undefined
    const through = hearing(async (page) => {
      order.push(`backfill ${page}`)
      liveId ??= await engine.plan(first)
    })
    expect(await worker.attempt(syncId, { through })).toEqual({ kind: 'wait', after: seconds(5) })
    expect(await engine.syncNow(syncId)).toMatchObject({
      state: 'waiting',
      reason: 'makes way for live work',
      failures: 0,
      waits: 1,
      pages: 2,
    })
    // While the live one waits, it does not even begin.
    expect(await worker.attempt(syncId, { through })).toEqual({ kind: 'wait', after: seconds(5) })
    if (liveId === undefined) throw new Error('no live sync was planned')
    const live = await untilSettled(engine, worker, liveId, () => ({
      through: hearing((page) => void order.push(`live ${page}`)),
    }))
    expect(live.state).toBe('ok')
    await engine.clock.advance(seconds(5))
    const asked = world.requests.length
    expect(await untilSettled(engine, worker, syncId, () => ({ through }))).toMatchObject({
      state: 'ok',
      failures: 0,
    })
    // The first two of its three pages are not asked for again.
    expect(world.requests.length - asked).toBe(1)
    expect(order.slice(0, 2)).toEqual(['backfill 1', 'live 1'])
    expect(order.at(-1)).toMatch(/^backfill/)
    expect(await world.differences(first)).toEqual([])
  })

  test('makes way for live syncs of other accounts that wait for a worker', async () => {
    await using ground = await setup()
    const { world, first, second } = ground
    const { engine, worker } = world
    const id = await ground.begin([first])
    await ground.step(id)
    const syncId = await syncOf(ground)
    const liveId = await engine.plan(second)
    if (liveId === undefined) throw new Error('no live sync was planned')
    const { syncJobs } = engine.queues
    const version = engine.job.version
    await syncJobs.addNew([{ syncId, job: 'ctm', version, lane: 'backfill' }])
    const heard: number[] = []
    const attempt = async () => worker.attempt(syncId, { through: hearing((page) => void heard.push(page)) })
    // Nobody else is there: it works on, although it is itself in the queue.
    await syncJobs.addNew([{ syncId: liveId, job: 'ctm', version }])
    expect(await attempt()).toEqual({ kind: 'wait', after: seconds(5) })
    expect(heard).toEqual([])
    await engine.queues.queues.of('ctm').remove(`sync-${liveId}`)
    await engine.clock.advance(seconds(5))
    expect(await attempt()).toMatchObject({ kind: 'done' })
  })

  test('waits behind every live sync in the queue', async () => {
    await using ground = await setup()
    const { syncJobs, queues } = ground.world.engine.queues
    await syncJobs.addNew([{ syncId: '9001', job: 'ctm', version: 1, lane: 'backfill' }])
    await syncJobs.addNew([{ syncId: '9002', job: 'ctm', version: 1 }])
    expect(await queues.of('ctm').getWaitingCount()).toBe(1)
    expect((await queues.of('ctm').getPrioritized()).map(({ id }) => id)).toEqual(['sync-9001'])
  })

  test('pauses at once, also in the middle of a page, and resumes at its position', async () => {
    await using ground = await setup()
    const { world, first, database } = ground
    const { engine, worker } = world
    const id = await ground.begin([first])
    await ground.step(id)
    const syncId = await syncOf(ground)
    const through = hearing(async (page) => {
      if (page === 1) await ground.order(id, 'pause')
    })
    // Its second page meets a raised fence.
    expect(await worker.attempt(syncId, { through })).toMatchObject({ kind: 'wait' })
    expect(await engine.syncNow(syncId)).toMatchObject({ state: 'cancelled', pages: 1 })
    expect(await ground.step(id)).toEqual({ kind: 'waiting' })
    expect((await database.query(`select state from runs where kind = 'backfill'`)).rows).toEqual([
      { state: 'partial' },
    ])
    await expect(ground.order(id, 'pause')).rejects.toThrow('is paused: nothing to pause')

    await ground.order(id, 'resume')
    expect(await ground.step(id)).toMatchObject({ kind: 'run' })
    const asked = world.requests.length
    expect(await untilSettled(engine, worker, await syncOf(ground))).toMatchObject({ state: 'ok' })
    expect(world.requests.length - asked).toBe(2)
    expect(await ground.step(id)).toEqual({ kind: 'done' })
    expect(await world.differences(first)).toEqual([])
  })

  test('is cancelled for good, and leaves the live sync of an account alone', async () => {
    await using ground = await setup()
    const { world, first, database } = ground
    const { engine } = world
    const id = await ground.begin([first])
    await ground.step(id)
    const fence = async () =>
      (await database.query<{ fence: string }>('select fence from accounts where id = $1', [first.id])).rows
    const before = await fence()
    expect(await ground.order(id, 'cancel')).toEqual({ before: 'running', after: 'cancelled' })
    expect(await fence()).toEqual(before)
    expect(await ground.open()).toEqual([])
    expect(await ground.show(id)).toMatchObject({ state: 'cancelled', underWay: 0 })
    await expect(ground.order(id, 'resume')).rejects.toThrow('is cancelled: nothing to resume')
    expect(await engine.plan(first)).toBeDefined()
  })

  test('backs off like a live sync; a window that fails for good stops no other, and can be resumed', async () => {
    await using ground = await setup()
    const { world, first, second } = ground
    const { engine, worker } = world
    const { sandbox } = world.world
    const id = await ground.begin()
    await ground.step(id)
    sandbox.faults.add({ kind: 'status', status: 503, times: 3, path: '/71' })
    sandbox.faults.add({ kind: 'status', status: 400, path: '/72' })
    const [one = '', two = ''] = await ground.open()
    expect(await worker.attempt(one)).toMatchObject({ kind: 'retry' })
    expect(await untilSettled(engine, worker, one)).toMatchObject({ state: 'ok', failures: 1 })
    expect(await untilSettled(engine, worker, two)).toMatchObject({
      state: 'failed',
      error_code: 'vendor_request',
    })
    expect(await ground.step(id)).toEqual({ kind: 'done' })
    expect(await ground.show(id)).toMatchObject({ done: 1, failed: 1 })

    expect(await ground.order(id, 'resume')).toEqual({ before: 'done', after: 'running' })
    await ground.step(id)
    await untilSettled(engine, worker, await syncOf(ground))
    expect(await ground.step(id)).toEqual({ kind: 'done' })
    expect(await world.differences(first)).toEqual([])
    expect(await world.differences(second)).toEqual([])
  })

  test('a long wait of its own rests its window, and no live sync', async () => {
    await using ground = await setup()
    const { world, first } = ground
    const { engine, worker } = world
    const id = await ground.begin([first])
    await ground.step(id)
    world.world.sandbox.faults.add({ kind: 'status', status: 429, retryAfter: 3600 })
    expect(await untilSettled(engine, worker, await syncOf(ground))).toMatchObject({ state: 'deferred' })
    expect(await ground.step(id)).toEqual({ kind: 'waiting' })
    expect(await ground.show(id)).toMatchObject({ state: 'running', held: 1 })
    expect(await world.once()).toMatchObject({ state: 'ok' })
    await engine.clock.advance(hours(1))
    expect(await ground.step(id)).toMatchObject({ kind: 'run', syncs: 1 })
    expect(await untilSettled(engine, worker, await syncOf(ground))).toMatchObject({ state: 'ok' })
    expect(await world.differences(first)).toEqual([])
  })

  test('leaves out accounts that are parked, until they are not', async () => {
    await using ground = await setup()
    const { world, database } = ground
    const { engine, worker } = world
    const id = await ground.begin()
    await parkByHand(database, 'accounts', ground.second.id, 'status 404')
    expect(await ground.step(id)).toMatchObject({ kind: 'run', syncs: 1 })
    await untilSettled(engine, worker, await syncOf(ground))
    expect(await ground.step(id)).toEqual({ kind: 'waiting' })
    expect(await ground.show(id)).toMatchObject({ state: 'running', done: 1, held: 1 })
    await engine.unpark(ground.second)
    expect(await ground.step(id)).toMatchObject({ kind: 'run', syncs: 1 })
  })

  test('takes turns with another one of the same account', async () => {
    await using ground = await setup()
    const { world, first } = ground
    const one = await ground.begin([first])
    const two = await ground.begin([first])
    expect(await ground.step(one)).toMatchObject({ kind: 'run', syncs: 1 })
    expect(await ground.step(two)).toEqual({ kind: 'waiting' })
    await untilSettled(world.engine, world.worker, await syncOf(ground))
    expect(await ground.step(one)).toEqual({ kind: 'done' })
    expect(await ground.step(two)).toMatchObject({ kind: 'run', syncs: 1 })
  })
})
