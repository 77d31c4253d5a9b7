import type { Sync } from '../../../src/job/sync'
import { minutes } from '../../../src/lib/durations'
import { wait } from '../../../src/lib/wait'
import { breakLease } from '../../../src/runs/control/break-lease'
import { deferred } from '../../support/deferred'
import { Engine } from '../../support/engine'
import type { madeUp } from '../../support/made-up-job'

const order = { by: { actor: 'ada', via: 'cli' }, reason: 'hangs' } as const
const note = null

describe('breakLease', () => {
  test('stops the attempt that has the account, which writes nothing more, and the sync goes on at its position', async () => {
    await using engine = await Engine.open(2)
    const { syncIds } = await engine.plan()
    const [heeding = '', deaf = ''] = syncIds
    const working = [deferred(), deferred()] as const
    const release = deferred()
    const heeds: Sync<typeof madeUp> = async function* ({ streams: { orders }, signal }) {
      yield orders.page([{ order_id: 1n, note }], { position: 1 })
      working[0].resolve()
      await wait(minutes(10), signal)
    }
    const hears: Sync<typeof madeUp> = async function* ({ streams: { orders } }) {
      yield orders.page([{ order_id: 2n, note }], { position: 2 })
      working[1].resolve()
      await release.promise
      yield orders.page([{ order_id: 3n, note }], { position: 3 })
    }
    const attempts = [engine.attempt(heeding, heeds), engine.attempt(deaf, hears)]
    await Promise.all(working.map(({ promise }) => promise))

    for (const [index, account] of engine.accounts.entries())
      expect(await breakLease(engine.tools, account, order)).toEqual({ syncId: syncIds[index] })
    release.resolve()
    for (const attempt of attempts) expect(await attempt).toMatchObject({ kind: 'wait' })

    expect(await engine.rows('select order_id::int from dealertrend_orders order by 1')).toEqual([
      { order_id: 1 },
      { order_id: 2 },
    ])
    expect(await engine.rows('select distinct outcome from attempts')).toEqual([{ outcome: 'lost' }])
    const positions: unknown[] = []
    const goesOn: Sync<typeof madeUp> = async function* ({ streams: { orders } }) {
      positions.push(orders.position)
      yield orders.complete(9)
    }
    for (const syncId of syncIds) expect(await engine.attempt(syncId, goesOn)).toMatchObject({ kind: 'done' })
    expect(positions).toEqual([1, 2])
    expect(
      await engine.rows('select action, subject, before, reason from audit_log order by id limit 1'),
    ).toEqual([
      {
        action: 'break lease',
        subject: `account ${engine.accounts[0]}`,
        before: { sync: heeding },
        reason: 'hangs',
      },
    ])
  })

  test('says so where nobody holds it', async () => {
    await using engine = await Engine.open()
    const [account = ''] = engine.accounts
    await expect(breakLease(engine.tools, account, order)).rejects.toMatchObject({ refusal: 'conflict' })
    await expect(breakLease(engine.tools, '999', order)).rejects.toMatchObject({ refusal: 'not-found' })
    await expect(breakLease(engine.tools, account, { ...order, reason: ' ' })).rejects.toMatchObject({
      refusal: 'invalid',
    })
    expect(await engine.rows('select from audit_log')).toEqual([])
  })
})
