import { StorageUnavailableError, VendorUnavailableError } from '../../../src/job/errors'
import type { Sync } from '../../../src/job/sync'
import { Database } from '../../../src/ledger/postgres/database'
import { requestCancellations } from '../../../src/ledger/work/cancellations'
import { minutes } from '../../../src/lib/durations'
import { wait } from '../../../src/lib/wait'
import { cancelRun, cancelSync, NothingToCancelError } from '../../../src/runs/cancel/cancel'
import { carryOutCancellations } from '../../../src/runs/cancel/carry-out-cancellations'
import { deferred } from '../../support/deferred'
import { Engine } from '../../support/engine'
import type { madeUp } from '../../support/made-up-job'
import { until } from '../../support/until'

type MadeUpSync = Sync<typeof madeUp>

const order = { actor: 'ada', via: 'cli', reason: 'the vendor is in trouble' } as const

describe('cancelling', () => {
  let engine: Engine
  beforeEach(async () => (engine = await Engine.open(3)))
  afterEach(async () => engine[Symbol.asyncDispose]())

  const unqueued: string[] = []
  beforeEach(() => unqueued.splice(0))
  const tools = {
    signal: new AbortController().signal,
    unqueue: async (syncs: readonly { syncId: string }[]) =>
      void unqueued.push(...syncs.map(({ syncId }) => syncId)),
  }
  const onePage: MadeUpSync = async function* ({ streams: { orders } }) {
    yield orders.page([{ order_id: 1, note: null }], { cursor: 1 })
  }
  const stateOf = async (syncId: string) => (await engine.sync(syncId)).state
  const outcomes = async (syncId: string) =>
    (await engine.rows(`select outcome from attempts where sync_id = ${syncId} order by number`)).map(
      ({ outcome }) => outcome,
    )
  const leftOver = async () => engine.rows('select * from cancellations')

  test('ends a run whose syncs wait, tells who and why, and leaves alone what was over', async () => {
    const { runId, syncIds } = await engine.plan()
    const [done = '', ...waiting] = syncIds
    await engine.attempt(done, onePage)

    const over = await cancelRun(engine.database, runId, order, tools)

    expect(over).toEqual({
      ended: 2,
      overBefore: 1,
      endedThemselves: 0,
      left: 0,
      isBackfill: false,
      state: 'cancelled',
    })
    expect(await engine.rows('select state, cancelled_by, cancel_reason from runs')).toEqual([
      { state: 'cancelled', cancelled_by: 'ada', cancel_reason: 'the vendor is in trouble' },
    ])
    expect(await engine.rows('select state, reason from syncs order by id')).toEqual([
      { state: 'ok', reason: null },
      { state: 'cancelled', reason: 'cancelled by ada: the vendor is in trouble' },
      { state: 'cancelled', reason: 'cancelled by ada: the vendor is in trouble' },
    ])
    expect(unqueued).toEqual(waiting)
    expect(await leftOver()).toEqual([])
    expect(await engine.rows('select actor, via, action, subject, reason, outcome from audit_log')).toEqual([
      { ...order, action: 'cancel run', subject: `run ${runId}`, outcome: 'done' },
    ])
    // What the queue still has of it comes to nothing.
    expect(await engine.attempt(waiting[0] ?? '', onePage)).toMatchObject({ kind: 'done' })
  })

  test('ends a sync that waits for its vendor, under its fence; rows and position stay and the next run goes on', async () => {
    const { runId, syncIds } = await engine.plan()
    const [syncId = '', ...others] = syncIds
    const hangs = deferred()
    const hanging: MadeUpSync = async function* ({ streams: { orders }, signal }) {
      yield orders.page([{ order_id: 1, note: null }], { position: 1 })
      hangs.resolve()
      await wait(minutes(60), signal)
    }
    const attempt = engine.attempt(syncId, hanging)
    await hangs.promise

    expect(await cancelSync(engine.database, syncId, order, tools)).toMatchObject({
      ended: 1,
      state: 'cancelled',
    })

    expect(await attempt).toMatchObject({ kind: 'done', result: { state: 'cancelled', inserted: 1 } })
    expect(await outcomes(syncId)).toEqual(['cancelled'])
    expect(await engine.sync(syncId)).toMatchObject({ failures: 0, crashes: 0, inserted: '1' })
    for (const other of others) await engine.attempt(other, onePage)
    expect(await engine.rows(`select state, cancelled_by from runs where id = ${runId}`)).toEqual([
      { state: 'partial', cancelled_by: null },
    ])
    const next = await engine.plan()
    const seen: unknown[] = []
    await engine.attempt(next.syncIds[0] ?? '', async function* ({ streams: { orders } }) {
      seen.push(orders.position)
      yield orders.page([{ order_id: 2, note: null }], { cursor: 2 })
    })
    expect(seen).toEqual([1])
    expect(await engine.rows('select order_id from dealertrend_orders where order_id < 3')).toHaveLength(4)
  })

  test('ends a page that waits for a row of its table', async () => {
    const { syncIds } = await engine.plan()
    const [syncId = ''] = syncIds
    await engine.attempt(syncId, onePage)
    const second = (await engine.plan()).syncIds[0] ?? ''
    const changing: MadeUpSync = async function* ({ streams: { orders } }) {
      yield orders.page([{ order_id: 1, note: 'changed' }], { cursor: 2 })
    }
    await engine.database.session(async (holder) => {
      await holder.query('begin')
      await holder.query('select from dealertrend_orders for update')
      const attempt = engine.attempt(second, changing)
      await until('the page waits for the row', async () => {
        const held = await engine.rows(
          `select from pg_stat_activity where wait_event_type = 'Lock' and query like '%dealertrend_orders%'
             and application_name = current_setting('application_name')`,
        )
        return held.length > 0
      })

      await cancelSync(engine.database, second, order, tools)
      // It ends although the row is still held.
      expect(await attempt).toMatchObject({ result: { state: 'cancelled' } })
    })
    expect(await outcomes(second)).toEqual(['cancelled'])
    expect(await engine.rows('select note from dealertrend_orders')).toEqual([{ note: null }])
    expect(await engine.rows('select cursor from stream_states')).toEqual([{ cursor: 1 }])
  })

  /** As if a worker had claimed it and fallen silent; its account's fence is 7. */
  const claimedByADeadWorker = async (syncId: string): Promise<string> => {
    const { accountId } = await engine.sync(syncId)
    await engine.database.query('update accounts set fence = 7 where id = $1', [accountId])
    await engine.database.query(
      `insert into attempts (sync_id, number, fence, worker, build) values ($1, 1, 7, 'frozen', 'x')`,
      [syncId],
    )
    await engine.database.query(`update syncs set state = 'running', attempts = 1 where id = $1`, [syncId])
    return accountId
  }

  test('takes the fence from a worker that does not end its sync in time', async () => {
    const { syncIds } = await engine.plan()
    const [syncId = ''] = syncIds
    const accountId = await claimedByADeadWorker(syncId)

    expect(await cancelSync(engine.database, syncId, order, tools)).toMatchObject({ ended: 1 })

    expect(await engine.rows(`select fence from accounts where id = ${accountId}`)).toEqual([{ fence: '8' }])
    expect(await outcomes(syncId)).toEqual(['cancelled'])
  })

  test('ends the transaction in which a frozen worker holds the account', async () => {
    const { syncIds } = await engine.plan()
    const [syncId = ''] = syncIds
    const accountId = await claimedByADeadWorker(syncId)
    await using frozen = new Database({
      url: engine.database.url,
      schema: engine.database.schema,
      applicationName: 'syncfleet worker frozen',
    })
    const holds = deferred()
    const page = frozen.transaction(async (sql) => {
      await sql.query('select from accounts where id = $1 for share', [accountId])
      holds.resolve()
      // For longer than anybody waits; the server would end one that is idle by itself.
      await sql.query('select pg_sleep(200)')
    })
    const ending = page.catch((error: unknown) => error)
    await holds.promise

    await cancelSync(engine.database, syncId, order, tools)

    expect(await stateOf(syncId)).toBe('cancelled')
    expect(await ending).toBeInstanceOf(StorageUnavailableError)
  })

  test('leaves to a worker what it may still end itself, and ends at once what was handed back', async () => {
    const { syncIds } = await engine.plan()
    const [running = '', handedBack = ''] = syncIds
    await claimedByADeadWorker(running)
    await requestCancellations(engine.database, [running, handedBack], {
      requestedBy: 'ada',
      reason: 'why not',
    })

    const { syncs } = await carryOutCancellations(engine.database, { patience: minutes(60) })

    expect(syncs.map(({ syncId }) => syncId)).toEqual([handedBack])
    expect(await stateOf(running)).toBe('running')
    // The leader's turn, when its worker has had its time.
    const { syncs: late } = await carryOutCancellations(engine.database, { patience: 0 })
    expect(late.map(({ syncId }) => syncId)).toEqual([running])
  })

  test('lets a sync that came to its own end first have its outcome', async () => {
    const { syncIds } = await engine.plan()
    const [syncId = ''] = syncIds
    await requestCancellations(engine.database, [syncId], { requestedBy: 'ada', reason: 'too late' })
    await engine.database.query(
      `update syncs set state = 'ok', settled_at = clock_timestamp() where id = $1`,
      [syncId],
    )

    expect(await carryOutCancellations(engine.database, { patience: 0 })).toEqual({ syncs: [], runs: [] })

    expect(await stateOf(syncId)).toBe('ok')
    expect(await leftOver()).toEqual([])
  })

  test('stops an attempt whose sync somebody else has ended, and writes nothing for it', async () => {
    const { syncIds } = await engine.plan()
    const [syncId = ''] = syncIds
    const hangs = deferred()
    const hanging: MadeUpSync = async function* ({ signal, streams: { orders } }) {
      hangs.resolve()
      await wait(minutes(60), signal)
      yield orders.page([])
    }
    const attempt = engine.attempt(syncId, hanging)
    await hangs.promise
    await requestCancellations(engine.database, [syncId], { requestedBy: 'ada', reason: 'now' })
    await carryOutCancellations(engine.database, { patience: -minutes(1) })
    expect(await stateOf(syncId)).toBe('cancelled')
    expect(await attempt).toMatchObject({ kind: expect.stringMatching(/^(wait|done)$/) })
    expect(await outcomes(syncId)).toEqual(['cancelled'])
  })

  test('refuses what is over, and what there is not', async () => {
    const { runId, syncIds } = await engine.plan()
    for (const syncId of syncIds) await engine.attempt(syncId, onePage)
    const asked = [
      cancelRun(engine.database, runId, order, tools),
      cancelRun(engine.database, '4711', order, tools),
      cancelSync(engine.database, syncIds[0] ?? '', order, tools),
      cancelSync(engine.database, '4711', order, tools),
    ]
    const said = (await Promise.allSettled(asked)).map((outcome) =>
      outcome.status === 'rejected' ? (outcome.reason as Error) : undefined,
    )
    for (const error of said) expect(error).toBeInstanceOf(NothingToCancelError)
    expect(said.map((error) => error?.message)).toEqual([
      `run ${runId} is over: ok`,
      'there is no run 4711; see `syncfleet runs list`',
      `sync ${syncIds[0]} is over: ok`,
      'there is no sync 4711; see `syncfleet runs show`',
    ])
    expect(await engine.rows('select * from audit_log')).toEqual([])
  })

  test('forgets what a listing has seen, and the position in it: the next one starts over', async () => {
    const { syncIds } = await engine.plan()
    const [syncId = ''] = syncIds
    const listing: MadeUpSync = async function* ({ streams: { cars } }) {
      yield cars.page([{ vin: 'V1', color: null }], { position: 'V1' })
      throw new VendorUnavailableError('503')
    }
    await engine.attempt(syncId, listing)
    expect(await engine.rows('select key from seen_records')).toHaveLength(1)

    await cancelSync(engine.database, syncId, order, tools)

    expect(await engine.rows('select key from seen_records')).toEqual([])
    expect(await engine.rows('select position from stream_states')).toEqual([{ position: null }])
  })
})
