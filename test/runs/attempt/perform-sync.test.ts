import {
  AttemptInterruptedError,
  QuotaError,
  RateLimitedError,
  VendorAuthError,
  VendorConfigError,
  VendorUnavailableError,
} from '../../../src/job/errors'
import type { Sync } from '../../../src/job/sync'
import { raiseFence } from '../../../src/ledger/work/fences'
import { minutes, seconds } from '../../../src/lib/durations'
import { wait } from '../../../src/lib/wait'
import { Engine } from '../../support/engine'
import type { madeUp } from '../../support/made-up-job'

type MadeUpSync = Sync<typeof madeUp>

/** Three pages of two orders each, resumed at the position. */
const threePages: MadeUpSync = async function* ({ streams: { orders } }) {
  for (let page = orders.position ?? 0; page < 3; page += 1) {
    const records = [1, 2].map((index) => ({ order_id: page * 2 + index, note: `order ${page * 2 + index}` }))
    yield orders.page(records, { position: page + 1 })
  }
  yield orders.complete(6)
}

/** The same, ended by `end` before page `at`. */
const ordersUntil = (at: number, end: () => Promise<void> | void): MadeUpSync =>
  async function* (context) {
    let page = context.streams.orders.position ?? 0
    for await (const next of threePages(context)) {
      if (page === at) await end()
      page += 1
      yield next
    }
  }

describe('performSync', () => {
  let engine: Engine
  let syncId: string
  let runId: string
  beforeEach(async () => {
    engine = await Engine.open()
    const planned = await engine.plan()
    runId = planned.runId
    syncId = planned.syncIds[0] ?? ''
  })
  afterEach(async () => engine[Symbol.asyncDispose]())

  const written = async () =>
    (await engine.rows('select order_id from dealertrend_orders order by 1')).map((row) =>
      Number(row['order_id']),
    )
  const state = async () => (await engine.rows('select cursor, position from stream_states'))[0]
  const attempts = async () =>
    (await engine.rows('select outcome from attempts order by number')).map((row) => row['outcome'])
  const run = async () => (await engine.rows(`select state from runs where id = ${runId}`))[0]?.['state']

  test('writes every page, moves the cursor, counts, and settles sync and run', async () => {
    expect(await engine.attempt(syncId, threePages)).toMatchObject({
      kind: 'done',
      result: { state: 'ok', inserted: 6 },
    })
    expect(await written()).toEqual([1, 2, 3, 4, 5, 6])
    expect(await state()).toEqual({ cursor: 6, position: null })
    expect(await engine.sync(syncId)).toMatchObject({
      state: 'ok',
      pages: 4,
      read: '6',
      inserted: '6',
      attempts: 1,
    })
    expect(await run()).toBe('ok')
  })

  test('returns the outcome of a settled sync without doing anything', async () => {
    await engine.attempt(syncId, threePages)
    const again = await engine.attempt(syncId, () => {
      throw new Error('called again')
    })
    expect(again).toMatchObject({ kind: 'done', result: { state: 'ok' } })
    expect(await attempts()).toEqual(['ok'])
  })

  test('resumes at the position after a failure, and backs off before', async () => {
    const failing = ordersUntil(2, () => {
      throw new VendorUnavailableError('503')
    })
    expect(await engine.attempt(syncId, failing)).toMatchObject({ kind: 'retry', after: seconds(1) })
    expect(await written()).toEqual([1, 2, 3, 4])
    expect(await state()).toEqual({ cursor: null, position: 2 })
    expect(await engine.sync(syncId)).toMatchObject({
      state: 'waiting',
      failures: 1,
      error_code: 'vendor_unavailable',
    })

    await engine.attempt(syncId, threePages)
    expect(await written()).toEqual([1, 2, 3, 4, 5, 6])
    expect(await attempts()).toEqual(['failed', 'ok'])
  })

  test('becomes a dead letter when its attempts are spent, and its run partial', async () => {
    const failing = ordersUntil(0, () => {
      throw new VendorUnavailableError('503')
    })
    await engine.attempt(syncId, failing)
    await engine.attempt(syncId, failing)
    expect(await engine.attempt(syncId, failing)).toMatchObject({ kind: 'dead' })
    expect(await engine.sync(syncId)).toMatchObject({ state: 'failed', failures: 3 })
    expect(await run()).toBe('partial')
  })

  test('reopens a dead letter that is queued again, with its history and a fresh count', async () => {
    const failing = ordersUntil(1, () => {
      throw new VendorUnavailableError('503')
    })
    await engine.attempt(syncId, failing, { settings: { attempts: 1 } })
    expect(await run()).toBe('partial')

    expect(await engine.attempt(syncId, threePages)).toMatchObject({ kind: 'done' })
    expect(await engine.sync(syncId)).toMatchObject({ state: 'ok', failures: 0, attempts: 2, pages: 4 })
    expect(await run()).toBe('ok')
  })

  test('leaves a dead letter alone whose worker died before the queue knew of it', async () => {
    const failing = ordersUntil(0, () => {
      throw new VendorUnavailableError('503')
    })
    await engine.attempt(syncId, failing, { settings: { attempts: 1 } })

    expect(await engine.attempt(syncId, threePages, { stalls: 1 })).toMatchObject({ kind: 'dead' })
    expect(await engine.sync(syncId)).toMatchObject({ state: 'failed', attempts: 1 })
  })

  test('supersedes a dead letter whose account has synced since', async () => {
    const failing = ordersUntil(0, () => {
      throw new VendorUnavailableError('503')
    })
    await engine.attempt(syncId, failing, { settings: { attempts: 1 } })
    const later = await engine.plan()
    await engine.attempt(later.syncIds[0] ?? '', threePages)

    expect(await engine.attempt(syncId, threePages)).toMatchObject({
      kind: 'done',
      result: { state: 'superseded' },
    })
    expect(await attempts()).toEqual(['failed', 'ok'])
  })

  test('supersedes the older of two dead letters of an account that are queued again', async () => {
    const failing = ordersUntil(0, () => {
      throw new VendorUnavailableError('503')
    })
    await engine.attempt(syncId, failing, { settings: { attempts: 1 } })
    const later = (await engine.plan()).syncIds[0] ?? ''
    await engine.attempt(later, failing, { settings: { attempts: 1 } })

    // The older one is open again, and waits.
    await engine.attempt(syncId, failing)
    expect(await engine.attempt(later, threePages)).toMatchObject({
      kind: 'done',
      result: { state: 'superseded' },
    })
    expect(await engine.attempt(syncId, threePages)).toMatchObject({ kind: 'done', result: { state: 'ok' } })
  })

  test('waits for the vendor without spending an attempt', async () => {
    const limited = ordersUntil(1, () => {
      throw new RateLimitedError('429', seconds(40))
    })
    for (let time = 0; time < 5; time += 1) {
      expect(await engine.attempt(syncId, limited)).toEqual({ kind: 'wait', after: seconds(40) })
    }
    const sync = await engine.sync(syncId)
    expect(sync).toMatchObject({ state: 'waiting', failures: 0, waits: 5, wait_until: expect.any(Date) })
    const until = (sync['wait_until'] as Date).toISOString().slice(0, 19).replace('T', ' ')
    expect(sync.reason).toBe(`waiting for vendor until ${until} UTC`)
  })

  test('gives up on a sync that has failed for too long since its first attempt', async () => {
    const failing = ordersUntil(0, () => {
      throw new VendorUnavailableError('503')
    })
    await engine.attempt(syncId, failing)
    await engine.database.query(`update syncs set started_at = started_at - interval '6 hours'`)
    expect(await engine.attempt(syncId, failing)).toMatchObject({ kind: 'dead' })
    expect(await engine.sync(syncId)).toMatchObject({
      state: 'failed',
      error_code: 'gave_up',
      error_class: 'vendor-down',
      error_message: 'no success within 6 h; in the end vendor_unavailable: 503',
    })
  })

  test('ends deferred when it has waited for too long since its first attempt', async () => {
    const limited = ordersUntil(0, () => {
      throw new RateLimitedError('429', seconds(40))
    })
    await engine.attempt(syncId, limited)
    await engine.database.query(`update syncs set started_at = started_at - interval '6 hours'`)
    expect(await engine.attempt(syncId, limited)).toMatchObject({ result: { state: 'deferred' } })
  })

  test('ends deferred when the wait is long, and the next run leaves the account alone', async () => {
    const limited = ordersUntil(1, () => {
      throw new RateLimitedError('429', minutes(60))
    })
    expect(await engine.attempt(syncId, limited)).toMatchObject({
      kind: 'done',
      result: { state: 'deferred' },
    })
    const next = await engine.plan()
    expect(next.syncIds).toEqual([])
    expect(await engine.rows(`select state, reason from syncs where run_id = ${next.runId}`)).toEqual([
      { state: 'skipped', reason: expect.stringMatching(/^waiting for vendor until/) },
    ])
  })

  test('ends partial when a quota is used up, and keeps what was written', async () => {
    const used = ordersUntil(2, () => {
      throw new QuotaError('daily quota used up', minutes(90))
    })
    await engine.attempt(syncId, used)
    expect(await engine.sync(syncId)).toMatchObject({ state: 'partial' })
    expect(await written()).toEqual([1, 2, 3, 4])
    expect(await run()).toBe('partial')
  })

  test.each([
    { error: new VendorAuthError('401 for every call'), table: 'credentials' },
    { error: new VendorConfigError('404 for this account'), table: 'accounts' },
  ])('parks $table at once when a person must act', async ({ error, table }) => {
    const refused = ordersUntil(0, () => {
      throw error
    })
    expect(await engine.attempt(syncId, refused)).toMatchObject({ kind: 'dead' })
    expect(await engine.rows(`select parked_reason from ${table}`)).toEqual([
      { parked_reason: error.message },
    ])
    expect((await engine.plan()).syncIds).toEqual([])
  })

  test.each(['credentials', 'accounts'])(
    'does not park %s that were changed since the attempt began',
    async (table) => {
      const refused = ordersUntil(0, async () => {
        await engine.database.query(`update ${table} set updated_at = clock_timestamp()`)
        throw table === 'credentials' ? new VendorAuthError('401') : new VendorConfigError('404')
      })
      expect(await engine.attempt(syncId, refused)).toEqual({ kind: 'wait', after: 0 })
      expect(await engine.rows(`select parked_at from ${table}`)).toEqual([{ parked_at: null }])
      expect(await engine.attempt(syncId, threePages)).toMatchObject({
        kind: 'done',
        result: { state: 'ok' },
      })
    },
  )

  test('hands back what a stopping worker holds: the page under way is written, no attempt is spent', async () => {
    const stop = new AbortController()
    const stopping = ordersUntil(1, () => stop.abort(new AttemptInterruptedError('stopping')))
    expect(await engine.attempt(syncId, stopping, { signal: stop.signal })).toEqual({ kind: 'hand-back' })
    expect(await written()).toEqual([1, 2, 3, 4])
    expect(await engine.sync(syncId)).toMatchObject({ state: 'waiting', failures: 0, interruptions: 1 })
    expect(await attempts()).toEqual(['interrupted'])

    await engine.attempt(syncId, threePages)
    expect(await written()).toEqual([1, 2, 3, 4, 5, 6])
  })

  test('writes nothing under a fence that another attempt has raised', async () => {
    const overtaken = ordersUntil(
      1,
      async () => void (await raiseFence(engine.database, engine.accounts[0] ?? '')),
    )
    expect(await engine.attempt(syncId, overtaken)).toMatchObject({ kind: 'wait' })
    expect(await written()).toEqual([1, 2])
    expect(await attempts()).toEqual(['lost'])
    expect(await engine.sync(syncId)).toMatchObject({ state: 'running', failures: 0 })
  })

  test('does not settle under a lost fence either', async () => {
    const overtaken: MadeUpSync = async function* (context) {
      yield* threePages(context)
      await raiseFence(engine.database, engine.accounts[0] ?? '')
    }
    await engine.attempt(syncId, overtaken)
    expect(await engine.sync(syncId)).toMatchObject({ state: 'running' })
    expect(await run()).toBe('running')
  })

  test('leaves an account alone that another sync works on', async () => {
    const other = engine.newLeases()
    await using lease = await other.take(engine.accounts[0] ?? '', 'another')
    expect(lease).toBeDefined()
    expect(await engine.attempt(syncId, threePages)).toMatchObject({ kind: 'wait' })
    expect(await attempts()).toEqual([])
  })

  test('holds the lease of the account from its first page to its last', async () => {
    const taken: boolean[] = []
    const other = engine.newLeases()
    const watched: MadeUpSync = async function* (context) {
      for await (const page of threePages(context)) {
        taken.push((await other.take(engine.accounts[0] ?? '', 'another')) !== undefined)
        yield page
      }
    }
    await engine.attempt(syncId, watched)
    expect(taken).toEqual([false, false, false, false])
    expect(await other.take(engine.accounts[0] ?? '', 'another')).toBeDefined()
  })

  describe('finds that an attempt ended without a word', () => {
    beforeEach(async () => {
      await engine.database.query(
        `insert into attempts (sync_id, number, fence, worker, build) values ($1, 1, 1, 'dead', 'x')`,
        [syncId],
      )
      await engine.database.query(
        `update syncs set state = 'running', attempts = 1, stalls = 2 where id = $1`,
        [syncId],
      )
    })

    test('and counts it as a crash where the job has stalled since', async () => {
      await engine.attempt(syncId, threePages, { stalls: 3 })
      expect(await attempts()).toEqual(['crashed', 'ok'])
      expect(await engine.sync(syncId)).toMatchObject({ crashes: 1, interruptions: 0, failures: 0 })
    })

    test.each([
      ['the job came back by itself', 2],
      ['Redis lost its queues', 0],
    ])('and blames nobody where %s', async (_why, stalls) => {
      await engine.attempt(syncId, threePages, { stalls })
      expect(await attempts()).toEqual(['interrupted', 'ok'])
      expect(await engine.sync(syncId)).toMatchObject({
        crashes: 0,
        crashesInARow: 0,
        interruptions: 1,
        failures: 0,
        stalls,
      })
    })
  })

  test('counts an attempt whose end cannot be written as a crash, up to a dead letter', async () => {
    await engine.database.query(
      `create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no'; end $$`,
    )
    await engine.database.query(
      `create trigger refuse before update on syncs for each row when (new.state = 'ok') execute function refuse()`,
    )
    const nothing: MadeUpSync = async function* () {
      // The end of it is what fails.
    }
    let verdict: unknown
    for (let time = 1; time <= 12 && (await engine.sync(syncId)).state !== 'failed'; time += 1)
      verdict = await engine.attempt(syncId, nothing).catch(String)
    expect(verdict).toMatchObject({ kind: 'dead' })
    expect(await engine.sync(syncId)).toMatchObject({ error_code: 'worker_crashed', crashes: 5 })
  })

  test('cuts off an attempt at its deadline', async () => {
    const endless: MadeUpSync = async function* ({ signal, streams: { orders } }) {
      await wait(minutes(60), signal)
      yield orders.page([])
    }
    expect(await engine.attempt(syncId, endless, { settings: { deadline: 50 } })).toMatchObject({
      kind: 'retry',
    })
    expect(await engine.sync(syncId)).toMatchObject({ state: 'waiting', error_code: 'deadline' })
  })

  test('cuts off an attempt of which no page comes for too long, and tries again', async () => {
    const silent: MadeUpSync = async function* ({ signal, streams: { orders } }) {
      await wait(minutes(60), signal)
      yield orders.page([])
    }
    expect(await engine.attempt(syncId, silent, { settings: { pageDeadline: 50 } })).toMatchObject({
      kind: 'retry',
    })
    expect(await engine.sync(syncId)).toMatchObject({
      state: 'waiting',
      failures: 1,
      error_class: 'transient',
      error_code: 'page_deadline',
      error_message: 'no page was written for 50 ms',
    })
  })

  test('cuts off a page that waits for a lock beyond the deadline', async () => {
    await engine.attempt(syncId, threePages)
    const next = (await engine.plan()).syncIds[0] ?? ''
    const changing: MadeUpSync = async function* ({ streams: { orders } }) {
      yield orders.page([{ order_id: 1, note: 'changed' }], { cursor: 7 })
    }
    await engine.database.session(async (holder) => {
      await holder.query('begin')
      await holder.query('select from dealertrend_orders for update')
      expect(await engine.attempt(next, changing, { settings: { pageDeadline: 50 } })).toMatchObject({
        kind: 'retry',
      })
    })
    expect(await engine.sync(next)).toMatchObject({ error_code: 'page_deadline', pages: 0 })
    expect(await engine.rows(`select * from dealertrend_orders where note = 'changed'`)).toEqual([])
  })

  test('sets bad records aside and writes the rest', async () => {
    const mixed: MadeUpSync = async function* ({ streams: { orders } }) {
      yield orders.page([
        { order_id: 1, note: 'good' },
        { order_id: 'many', note: 'bad' },
        { order_id: 3, note: null },
      ])
    }
    await engine.attempt(syncId, mixed)
    expect(await written()).toEqual([1, 3])
    expect(await engine.sync(syncId)).toMatchObject({ state: 'ok', read: '3', inserted: '2', rejected: '1' })
    const [rejected] = await engine.rows('select reason, record, stream from rejected_records')
    expect(rejected).toMatchObject({ stream: 'orders', reason: expect.stringContaining('order_id') })
    expect(JSON.stringify(rejected)).not.toContain('many')
  })

  test('tells a bug as a dead letter without the message that might quote a record', async () => {
    const lines: string[] = []
    const broken = ordersUntil(0, () => {
      throw new TypeError('cannot read Jane Doe')
    })
    expect(await engine.attempt(syncId, broken, { lines })).toMatchObject({ kind: 'dead' })
    expect(JSON.stringify([await engine.sync(syncId), lines])).not.toContain('Jane')
  })

  test('leaves an order for a newer definition to a newer worker', async () => {
    expect(await engine.attempt(syncId, threePages, { version: 2 })).toEqual({
      kind: 'wait',
      after: seconds(15),
    })
    expect(await attempts()).toEqual([])
  })

  test('replaces a window of days and marks what a listing lacks as gone, across an interruption', async () => {
    const first: MadeUpSync = async function* ({ streams: { days, cars } }) {
      const day = (date: string) => ({ day: date, campaign: 'a', clicks: 1 })
      yield days.page([day('2026-03-01'), day('2026-03-02'), day('2026-03-03')])
      yield days.complete({ from: '2026-03-01', to: '2026-03-03' })
      yield cars.page([1, 2, 3, 4].map((n) => ({ vin: `V${n}`, color: null })))
      yield cars.complete()
    }
    await engine.attempt(syncId, first)
    const next = (await engine.plan()).syncIds[0] ?? ''
    const stop = new AbortController()
    const cut: MadeUpSync = async function* ({ streams: { days } }) {
      yield days.page([{ day: '2026-03-01', campaign: 'a', clicks: 2 }])
      stop.abort(new AttemptInterruptedError('stopping'))
      yield days.page([])
    }
    await engine.attempt(next, cut, { signal: stop.signal })
    const resumed: MadeUpSync = async function* ({ streams: { days, cars } }) {
      yield days.page([{ day: '2026-03-03', campaign: 'a', clicks: 1 }])
      yield days.complete({ from: '2026-03-01', to: '2026-03-03' })
      yield cars.page([1, 2, 3].map((n) => ({ vin: `V${n}`, color: null })))
      yield cars.complete()
    }
    await engine.attempt(next, resumed)

    expect(await engine.rows('select day, clicks from dealertrend_days order by day')).toEqual([
      { day: '2026-03-01', clicks: '2' },
      { day: '2026-03-03', clicks: '1' },
    ])
    expect(await engine.rows('select vin from dealertrend_cars where gone_at is not null')).toEqual([
      { vin: 'V4' },
    ])
    expect(await engine.sync(next)).toMatchObject({ removed: '2', updated: '1', unchanged: '4' })
    expect(await engine.rows('select * from seen_records')).toEqual([])
  })

  test('removes nothing of a listing in which a key could not be read', async () => {
    const list = (cars: readonly { vin: unknown; color: null }[]): MadeUpSync =>
      async function* (context) {
        yield context.streams.cars.page(cars as readonly { vin: string; color: null }[])
        yield context.streams.cars.complete()
      }
    await engine.attempt(syncId, list([1, 2, 3].map((n) => ({ vin: `V${n}`, color: null }))))
    const next = (await engine.plan()).syncIds[0] ?? ''
    await engine.attempt(
      next,
      list([
        { vin: 'V1', color: null },
        { vin: 2, color: null },
      ]),
    )

    expect(await engine.sync(next)).toMatchObject({ state: 'ok', removed: '0', rejected: '1' })
    expect(await engine.rows('select vin from dealertrend_cars where gone_at is not null')).toEqual([])
    expect(await engine.rows('select * from seen_records')).toEqual([])
  })

  test('keeps a shadow run out of the live tables and cursors', async () => {
    await engine.attempt(syncId, threePages)
    const shadow = (await engine.plan('shadow')).syncIds[0] ?? ''
    await engine.attempt(shadow, async function* ({ streams: { orders } }) {
      expect(orders.cursor).toBeUndefined()
      yield orders.page([{ order_id: 99, note: null }])
    })
    expect(await written()).toEqual([1, 2, 3, 4, 5, 6])
    expect(
      await engine.rows(`select order_id from ${engine.database.schema}_shadow.dealertrend_orders`),
    ).toEqual([{ order_id: '99' }])
  })
})
