import { streamStates } from '../../../src/ledger/streams/stream-states'
import { openSyncsOf } from '../../../src/ledger/work/open-syncs'
import type { Sync } from '../../../src/job/sync'
import { resyncAccount } from '../../../src/runs/control/resync-account'
import { Engine } from '../../support/engine'
import { parkByHand } from '../../support/ledger'
import { type madeUp, madeUpJob } from '../../support/made-up-job'

const order = { by: { actor: 'ada', via: 'cli' }, reason: 'holes in March' } as const

describe('resyncAccount', () => {
  /** An account with an order, and its cursors. */
  const setup = async () => {
    const engine = await Engine.open()
    const seen: unknown[] = []
    const sync: Sync<typeof madeUp> = async function* ({ streams: { orders, cars } }) {
      seen.push(orders.cursor)
      yield orders.page([{ order_id: 1n, note: null }], { cursor: 7, position: 3 })
      yield cars.complete(true)
    }
    const { syncIds } = await engine.plan()
    await engine.attempt(syncIds[0] ?? '', sync)
    const [account = ''] = engine.accounts
    return {
      engine,
      account,
      seen,
      sync,
      resync: async (streams?: string[]) =>
        resyncAccount(engine.tools, madeUpJob(), account, { ...order, ...(streams ? { streams } : {}) }),
      streams: async () =>
        (await streamStates(engine.database, account, 'live')).map(({ stream }) => stream).toSorted(),
      [Symbol.asyncDispose]: async () => engine[Symbol.asyncDispose](),
    }
  }

  test('forgets how far the account is, leaves its rows, and reads it from the beginning', async () => {
    await using world = await setup()
    const { engine, account } = world
    await engine.database.query(
      "insert into operations (account_id, mode, lane, purpose, details, sync_id) values ($1, 'live', 'live', 'orders', '{}', 1)",
      [account],
    )
    const { run, queued } = await world.resync()

    expect(queued).toBe(true)
    expect(await world.streams()).toEqual([])
    expect(await engine.rows('select from operations')).toEqual([])
    expect(await engine.rows('select order_id from dealertrend_orders')).toHaveLength(1)
    const [sync] = await openSyncsOf(engine.database, run.id)
    const syncId = sync?.syncId ?? ''
    expect(await engine.attempt(syncId, world.sync)).toMatchObject({ kind: 'done' })
    expect(world.seen).toEqual([undefined, undefined])
    expect(await world.streams()).toEqual(['cars', 'orders'])
    expect(await engine.rows('select action, subject, before, reason from audit_log')).toEqual([
      {
        action: 'full re-sync',
        subject: `account ${account}`,
        before: {
          streams: [
            { stream: 'cars', through: null },
            { stream: 'orders', through: null },
          ],
        },
        reason: 'holes in March',
      },
    ])
  })

  test('forgets only the streams that are named', async () => {
    await using world = await setup()
    const { run } = await world.resync(['orders'])
    expect(await world.streams()).toEqual(['cars'])
    expect(run.streams).toEqual(['orders'])
  })

  test('refuses while the account is being synced or cannot be, and forgets nothing', async () => {
    await using world = await setup()
    const { engine, account } = world
    await parkByHand(engine.database, 'accounts', account, 'no such dealer')
    await expect(world.resync()).rejects.toMatchObject({
      refusal: 'conflict',
      message: expect.stringMatching(/cannot be synced now: .*no such dealer; nothing was forgotten/),
    })
    await engine.database.query('update accounts set parked_at = null, parked_reason = null')
    const { syncIds } = await engine.plan()
    await expect(world.resync()).rejects.toMatchObject({
      refusal: 'conflict',
      message: expect.stringContaining(`cancel that first: \`syncfleet syncs cancel ${syncIds[0]}\``),
    })
    expect(await world.streams()).toEqual(['cars', 'orders'])
    expect(await engine.rows('select from audit_log')).toEqual([])
  })
})
