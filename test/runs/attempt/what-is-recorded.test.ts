import { z } from 'zod'
import { RateLimitedError } from '../../../src/job/errors'
import type { Sync } from '../../../src/job/sync'
import { minutes } from '../../../src/lib/durations'
import { wait } from '../../../src/lib/wait'
import { testDoor } from '../../support/door'
import { Engine } from '../../support/engine'
import { json, localVendor } from '../../support/local-vendor'
import type { madeUp } from '../../support/made-up-job'
import { unlimited } from '../../support/unlimited'

const bucket = { key: 'k', perSecond: 10, inFlight: 10 }
const grantTakes = 60

describe('what is recorded of a sync', () => {
  test('are its calls, its waits for limits, what it waits for between its attempts, and how its cursor moves', async () => {
    await using engine = await Engine.open()
    await using vendor = await localVendor(
      json({}),
      json({}, 429, { 'retry-after': '1' }),
      json({}),
      json({}),
    )
    const { door } = testDoor(vendor.url, {
      limiter: {
        ...unlimited,
        grant: async (...given) => {
          await wait(grantTakes, given[1].signal)
          return unlimited.grant(...given)
        },
      },
    })
    await using _ = door
    const [syncId = ''] = (await engine.plan()).syncIds
    let attempts = 0
    const sync: Sync<typeof madeUp> = async function* ({ streams: { orders }, http, signal }) {
      const ask = async () => http.for({ host: 'ctm', bucket }).get('/a', { schema: z.unknown(), signal })
      await ask()
      attempts += 1
      if (attempts === 1) throw new RateLimitedError('come back later', minutes(5))
      await ask()
      yield orders.page([{ order_id: 1, note: 'one' }], { cursor: 5 })
      yield orders.page([{ order_id: 2, note: 'two' }], { cursor: 7 })
    }
    expect(await engine.attempt(syncId, sync, { http: door })).toMatchObject({ kind: 'wait' })
    expect(await engine.attempt(syncId, sync, { http: door })).toMatchObject({ kind: 'done' })
    const [first, second] = await engine.rows(
      `select outcome, calls, limit_wait, waits_for, again_at - ended_at > interval '4 minutes' as "isToldToWait",
         extract(epoch from ended_at - started_at) * 1000 + 50 as took from attempts order by number`,
    )
    expect(first).toMatchObject({ outcome: 'waiting', calls: 1, waits_for: 'vendor', isToldToWait: true })
    // The refused request was sent as well.
    expect(second).toMatchObject({ outcome: 'ok', calls: 3, waits_for: null, isToldToWait: null })
    for (const [attempt, grants] of [
      [first, 1],
      [second, 3],
    ] as const) {
      expect(attempt?.['limit_wait']).toBeGreaterThanOrEqual(grants * (grantTakes - 2))
      expect(attempt?.['limit_wait']).toBeLessThan(Number(attempt?.['took']))
    }
    expect(await engine.rows('select cursors from syncs')).toEqual([
      { cursors: { orders: { from: null, to: 7 } } },
    ])
  })

  test('is that another sync had its account', async () => {
    await using engine = await Engine.open()
    const [syncId = ''] = (await engine.plan()).syncIds
    const [account = ''] = engine.accounts
    const never: Sync<typeof madeUp> = () => {
      throw new Error('called')
    }
    await using lease = await engine.newLeases().take(account, 'another')
    expect(lease).toBeDefined()
    expect(await engine.attempt(syncId, never)).toMatchObject({ kind: 'wait' })
    expect(await engine.attempt(syncId, never)).toMatchObject({ kind: 'wait' })
    expect(await engine.rows('select sync_id, kind, last_at > began_at as again from sync_waits')).toEqual([
      { sync_id: syncId, kind: 'lease', again: true },
    ])
  })
})
