import { AttemptInterruptedError, VendorUnavailableError } from '../../../src/job/errors'
import type { Sync } from '../../../src/job/sync'
import { listIncidents } from '../../../src/ledger/gates/incidents'
import { seconds } from '../../../src/lib/durations'
import { watchSuspects } from '../../../src/runs/watchdog/watch-suspects'
import { WatchEvents } from '../../../src/telemetry/events'
import { silentLogger } from '../../../src/telemetry/logger'
import { Engine } from '../../support/engine'
import type { madeUp } from '../../support/made-up-job'

type MadeUpSync = Sync<typeof madeUp>

const onePage: MadeUpSync = async function* ({ streams: { orders } }) {
  yield orders.page([{ order_id: 1, note: null }], { cursor: 1 })
}

describe('a sync that brings its worker down', () => {
  let engine: Engine
  let syncId: string
  let others: string[]
  /** How often the job of the sync has stalled. */
  let stalls: number
  beforeEach(async () => {
    stalls = 0
    engine = await Engine.open(3)
    const [first = '', ...rest] = (await engine.plan()).syncIds
    syncId = first
    others = rest
  })
  afterEach(async () => engine[Symbol.asyncDispose]())

  /** As if its worker had died during its next attempt. */
  const crash = async (id = syncId): Promise<void> => {
    stalls += 1
    await engine.database.query(
      `insert into attempts (sync_id, number, fence, worker, build)
       select id, attempts + 1, 0, 'dead', 'x' from syncs where id = $1`,
      [id],
    )
    await engine.database.query(`update syncs set state = 'running', attempts = attempts + 1 where id = $1`, [
      id,
    ])
  }
  const attempt: Engine['attempt'] = async (id, sync, how) => engine.attempt(id, sync, { stalls, ...how })
  const crashTwice = async (id = syncId): Promise<void> => {
    await engine.database.query('update syncs set crashes_in_a_row = 1 where id = $1', [id])
    await crash(id)
  }
  const never: MadeUpSync = () => {
    throw new Error('must not be performed')
  }
  const incidents = async (all = false) => listIncidents(engine.database, { all, limit: 10 })
  const watch = async () => watchSuspects(engine.database, new WatchEvents(silentLogger))

  test('once is tried again like any other', async () => {
    await crash()
    expect(await attempt(syncId, onePage)).toMatchObject({ result: { state: 'ok' } })
    expect(await incidents(true)).toEqual([])
  })

  test('twice in a row is put off, told of, and tried alone after that', async () => {
    await crashTwice()
    expect(await attempt(syncId, never)).toEqual({ kind: 'wait', after: seconds(5) })
    expect(await engine.sync(syncId)).toMatchObject({
      state: 'waiting',
      reason: expect.stringContaining('lost its worker 2 times without writing a page'),
      crashesInARow: 2,
      failures: 0,
    })
    expect(await incidents()).toMatchObject([
      { kind: 'sync-isolated', subject: `sync ${syncId}`, job: 'dealertrend' },
    ])

    const elsewhere = engine.newLeases()
    const isTaken: boolean[] = []
    const alone: MadeUpSync = async function* (context) {
      isTaken.push((await elsewhere.takeIsolation('another')) === undefined)
      yield* onePage(context)
    }
    expect(await attempt(syncId, alone)).toMatchObject({ result: { state: 'ok' } })
    expect(isTaken).toEqual([true])
    await watch()
    expect(await incidents()).toEqual([])
    expect(await incidents(true)).toMatchObject([{ closing: 'it ended: ok' }])
  })

  test('lets the next suspect be tried as soon as its first page is written', async () => {
    await crashTwice()
    await attempt(syncId, never)
    const elsewhere = engine.newLeases()
    const isTaken: boolean[] = []
    const long: MadeUpSync = async function* (context) {
      yield* onePage(context)
      await using lease = await elsewhere.takeIsolation('another')
      isTaken.push(lease === undefined)
      yield* onePage(context)
    }
    expect(await attempt(syncId, long)).toMatchObject({ result: { state: 'ok' } })
    expect(isTaken).toEqual([false])
  })

  test('waits while another suspect is tried, and keeps no other sync waiting', async () => {
    await crashTwice()
    await attempt(syncId, never)
    const elsewhere = engine.newLeases()
    {
      await using lease = await elsewhere.takeIsolation('another')
      expect(lease).toBeDefined()
      expect(await attempt(syncId, never)).toEqual({ kind: 'wait', after: seconds(2) })
      expect(await engine.sync(syncId)).toMatchObject({
        state: 'waiting',
        reason: 'isolated: waits while another suspect is tried alone',
        attempts: 2,
      })
      for (const other of others)
        expect(await attempt(other, onePage)).toMatchObject({ result: { state: 'ok' } })
    }
    expect(await attempt(syncId, onePage)).toMatchObject({ result: { state: 'ok' } })
  })

  test('is put off for longer with each crash, and becomes a dead letter with the fifth in a row', async () => {
    const verdicts = []
    for (let time = 1; time <= 5; time += 1) {
      await crash()
      // The first time it is performed, and leaves no page behind.
      const failing: MadeUpSync = () => {
        throw new VendorUnavailableError('503')
      }
      verdicts.push(await attempt(syncId, failing))
    }
    expect(verdicts).toMatchObject([
      { kind: 'retry' },
      { kind: 'wait', after: seconds(5) },
      { kind: 'wait', after: seconds(20) },
      { kind: 'wait', after: seconds(80) },
      { kind: 'dead' },
    ])
    expect(await engine.sync(syncId)).toMatchObject({
      state: 'failed',
      error_code: 'worker_crashed',
      error_message: 'the sync lost its worker 5 times in a row',
      crashes: 5,
    })
    await watch()
    expect(await incidents(true)).toMatchObject([{ times: 3, closing: 'it ended: failed' }])
  })

  test('is no suspect any more once a page of it is written', async () => {
    await crashTwice()
    await attempt(syncId, never)
    const stop = new AbortController()
    const interrupted: MadeUpSync = async function* (context) {
      yield* onePage(context)
      stop.abort(new AttemptInterruptedError('stopping'))
      yield context.streams.orders.page([])
    }
    await attempt(syncId, interrupted, { signal: stop.signal })
    expect(await engine.sync(syncId)).toMatchObject({ state: 'waiting', crashes: 1, crashesInARow: 0 })
    await watch()
    expect(await incidents(true)).toMatchObject([
      { closing: 'it wrote a page and is tried like any other again' },
    ])
    await crash()
    expect(await attempt(syncId, onePage)).toMatchObject({ result: { state: 'ok' } })
  })

  test('is not to be mistaken for one that a stopping worker hands back, however often', async () => {
    for (let time = 1; time <= 6; time += 1) {
      const stop = new AbortController()
      const stopped: MadeUpSync = async function* ({ signal, streams: { orders } }) {
        stop.abort(new AttemptInterruptedError('stopping'))
        signal.throwIfAborted()
        yield orders.page([])
      }
      expect(await attempt(syncId, stopped, { signal: stop.signal })).toEqual({ kind: 'hand-back' })
    }
    expect(await engine.sync(syncId)).toMatchObject({
      state: 'waiting',
      interruptions: 6,
      failures: 0,
      crashes: 0,
      crashesInARow: 0,
    })
  })
})
