import { NotReadyError, VendorUnavailableError } from '../../../src/job/errors'
import type { Operation, Sync } from '../../../src/job/sync'
import { raiseFence } from '../../../src/ledger/work/fences'
import { minutes, seconds } from '../../../src/lib/durations'
import { Engine } from '../../support/engine'
import type { madeUp } from '../../support/made-up-job'

type MadeUpSync = Sync<typeof madeUp>

const purpose = 'orders 2026-03-01/2026-03-07'

/** A vendor that prepares an extract: it counts what it is asked to start, and gives it out once it is ready. */
class Extracts {
  started = 0
  isReady = false

  readonly sync: MadeUpSync = (context) => this.#read(context)

  async *#read({ operations, streams: { orders } }: Parameters<MadeUpSync>[0]): ReturnType<MadeUpSync> {
    const known = await operations.find(purpose)
    if (!known) {
      this.started += 1
      await operations.keep(purpose, { extract: `e${this.started}`, checked: [] })
    }
    if (!known || !this.isReady) throw new NotReadyError('the extract is being prepared', seconds(30))
    yield orders.page([{ order_id: 1, note: (known.details as { extract: string }).extract }])
    await operations.forget(purpose)
    yield orders.complete(1)
  }
}

describe('operations of a sync', () => {
  let engine: Engine
  let syncId: string
  beforeEach(async () => {
    engine = await Engine.open()
    syncId = (await engine.plan()).syncIds[0] ?? ''
  })
  afterEach(async () => engine[Symbol.asyncDispose]())

  const kept = async () =>
    engine.rows('select mode, lane, purpose, details, sync_id from operations order by mode, purpose')
  const attempts = async () =>
    (await engine.rows('select outcome from attempts order by sync_id, number')).map((row) => row['outcome'])
  /** One attempt that does this with its operations. */
  const doing = async (work: (context: Parameters<MadeUpSync>[0]) => Promise<void>, id = syncId) =>
    // oxlint-disable-next-line require-yield
    engine.attempt(id, async function* (context) {
      await work(context)
    })

  test('are kept before they are waited for, and found by the next attempt, at no cost of an attempt', async () => {
    const extracts = new Extracts()
    expect(await engine.attempt(syncId, extracts.sync)).toEqual({ kind: 'wait', after: seconds(30) })
    expect(await kept()).toEqual([
      { mode: 'live', lane: 'live', purpose, details: { extract: 'e1', checked: [] }, sync_id: syncId },
    ])
    expect(await engine.sync(syncId)).toMatchObject({
      state: 'waiting',
      reason: expect.stringMatching(/^waiting for vendor until .* UTC$/),
      failures: 0,
      waits: 1,
      error_code: 'not_ready',
    })
    for (let poll = 0; poll < 5; poll += 1) await engine.attempt(syncId, extracts.sync)
    expect(await engine.sync(syncId)).toMatchObject({ state: 'waiting', failures: 0, waits: 6 })

    extracts.isReady = true
    expect(await engine.attempt(syncId, extracts.sync)).toMatchObject({ kind: 'done' })
    expect(extracts.started).toBe(1)
    expect(await kept()).toEqual([])
    expect(await engine.rows('select note from dealertrend_orders')).toEqual([{ note: 'e1' }])
    expect(await attempts()).toEqual([...Array.from({ length: 6 }, () => 'waiting'), 'ok'])
  })

  test('hold no lease while the vendor prepares them', async () => {
    await engine.attempt(syncId, new Extracts().sync)
    await using lease = await engine.newLeases().take(engine.accounts[0] ?? '', 'another sync')
    expect(lease).toBeDefined()
  })

  test('outlive a failed attempt and the sync that kept them', async () => {
    await doing(async ({ operations }) => {
      await operations.keep(purpose, { extract: 'e1' })
      throw new VendorUnavailableError('503')
    })
    await doing(async () => undefined)
    expect(await engine.sync(syncId)).toMatchObject({ state: 'ok' })
    const next = (await engine.plan()).syncIds[0] ?? ''
    let found: Operation | undefined
    await doing(async ({ operations }) => void (found = await operations.find(purpose)), next)
    expect(found).toMatchObject({ purpose, details: { extract: 'e1' }, startedAt: expect.any(Date) })
  })

  test('are not written by an attempt that lost the account', async () => {
    const lose = async () => raiseFence(engine.database, engine.accounts[0] ?? '')
    const verdict = await doing(async ({ operations }) => {
      await operations.keep('first', { extract: 'e1' })
      await lose()
      await operations.keep('second', { extract: 'e2' })
    })
    expect(verdict).toEqual({ kind: 'wait', after: seconds(3) })
    expect(await attempts()).toEqual(['lost'])
    await doing(async ({ operations }) => {
      await lose()
      await operations.forget('first')
    })
    expect(await attempts()).toEqual(['lost', 'lost'])
    expect((await kept()).map((row) => row['purpose'])).toEqual(['first'])
  })

  test('take the place of one of the same purpose, and begin when they are kept with these details first', async () => {
    const starts: (Date | undefined)[] = []
    await doing(async ({ operations }) => {
      for (const extract of ['e1', 'e1', 'e2']) {
        await operations.keep(purpose, { extract })
        starts.push((await operations.find(purpose))?.startedAt)
      }
      await operations.forget(purpose)
      await operations.forget(purpose)
      expect(await operations.find(purpose)).toBeUndefined()
    })
    const [first, again, other] = starts.map((start) => start?.getTime() ?? 0)
    expect(again).toBe(first)
    expect(other).toBeGreaterThanOrEqual(first ?? Infinity)
    expect(await engine.sync(syncId)).toMatchObject({ state: 'ok' })
  })

  test('of a shadow run are its own', async () => {
    await doing(async ({ operations }) => operations.keep(purpose, { extract: 'live' }))
    const shadow = (await engine.plan('shadow')).syncIds[0] ?? ''
    await doing(async ({ operations }) => {
      expect(await operations.find(purpose)).toBeUndefined()
      await operations.keep(purpose, { extract: 'shadow' })
    }, shadow)
    expect((await kept()).map(({ mode, details }) => [mode, details])).toEqual([
      ['live', { extract: 'live' }],
      ['shadow', { extract: 'shadow' }],
    ])
  })

  test('that nobody came back for are dropped after a month', async () => {
    await doing(async ({ operations }) => {
      await operations.keep('old', {})
      await engine.rows(`update operations set started_at = started_at - interval '31 days'`)
      await operations.keep('new', {})
    })
    expect((await kept()).map((row) => row['purpose'])).toEqual(['new'])
  })
})

describe('the context of a sync', () => {
  test('may use a reserve where a person asked for the run, and reads no window of days', async () => {
    await using engine = await Engine.open()
    const { syncIds, runId } = await engine.plan()
    const seen: unknown[] = []
    // oxlint-disable-next-line require-yield
    const look: MadeUpSync = async function* ({ mayUseReserve, days }) {
      seen.push({ mayUseReserve, days })
      throw new NotReadyError('later', minutes(1))
    }
    await engine.attempt(syncIds[0] ?? '', look)
    await engine.rows(`update runs set kind = 'follow-up' where id = ${runId}`)
    await engine.attempt(syncIds[0] ?? '', look)
    expect(seen).toEqual([
      { mayUseReserve: true, days: undefined },
      { mayUseReserve: false, days: undefined },
    ])
  })
})
