import { check } from '../../jobs/dealertrend/check'
import { dealertrend } from '../../jobs/dealertrend/definition'
import { sync } from '../../jobs/dealertrend/sync'
import { startSandbox } from '../../sandbox'
import { hours } from '../../src/lib/durations'
import type { ConformanceWorld } from '../support/conformance/case'
import { TestWorld } from '../support/conformance/test-world'

/** Company 46 with twenty vehicles, on real stores: only those count listings. */
const setup = async () => {
  const world = await TestWorld.open({
    job: dealertrend,
    sync,
    check,
    faults: [],
    open: async ({ now, epoch }): Promise<ConformanceWorld> => {
      const sandbox = await startSandbox({
        port: 0,
        now,
        epoch,
        dealertrend: {
          companies: [{ id: 46, name: 'Sample Motors', vehicles: { New: 12, Used: 8 } }],
          limits: { perSecond: 100_000, inFlight: 10 },
        },
      })
      return {
        sandbox,
        credentials: [{ id: 'open', secrets: {} }],
        accounts: [{ externalId: '46', credential: 'open', timezone: 'America/New_York' }],
        truth: (externalId) => sandbox.vendors.dealertrend.truth(externalId),
        revoke: () => undefined,
        restore: () => undefined,
      }
    },
  })
  const vendor = world.world.sandbox.vendors.dealertrend
  return {
    vendor,
    /** A sync six hours later, and the paths that it asks for. */
    sync: async () => {
      await world.engine.clock.advance(hours(6))
      const before = world.requests.length
      const { state, error_code: code } = await world.once()
      return {
        state,
        code,
        listed: world.requests.slice(before).some(({ path }) => path.includes('inventory')),
      }
    },
    gone: async () => {
      const { rows } = await world.engine.database.query<{ vehicle_id: string }>(
        'select vehicle_id from dealertrend_vehicles where gone_at is not null order by 1',
      )
      return rows.map(({ vehicle_id }) => Number(vehicle_id))
    },
    ids: vendor.vehicles(46).map(({ id }) => id),
    [Symbol.asyncDispose]: async () => world[Symbol.asyncDispose](),
  }
}

const listing = { state: 'ok', code: null, listed: true }
const skipped = { state: 'ok', code: null, listed: false }

describe('dealertrend, of vehicles that vanish', () => {
  test('one that is away for a single listing stays', async () => {
    await using world = await setup()
    const [id = 0] = world.ids
    expect([await world.sync(), await world.sync(), await world.sync()]).toEqual([listing, listing, skipped])
    world.vendor.removeVehicle(46, id)
    expect(await world.sync()).toEqual(listing)
    world.vendor.putBackVehicle(46, id)
    expect([await world.sync(), await world.sync(), await world.sync()]).toEqual([listing, listing, skipped])
    expect(await world.gone()).toEqual([])
  })

  test('one that two listings lack is gone, although the light list did not change between them', async () => {
    await using world = await setup()
    const [id = 0] = world.ids
    await world.sync()
    world.vendor.removeVehicle(46, id)
    expect(await world.sync()).toEqual(listing)
    expect(await world.gone()).toEqual([])
    expect(await world.sync()).toEqual(listing)
    expect(await world.gone()).toEqual([id])
    expect(await world.sync()).toEqual(skipped)
    world.vendor.putBackVehicle(46, id)
    expect(await world.sync()).toEqual(listing)
    expect(await world.gone()).toEqual([])
  })

  test('more than half at once are not believed', async () => {
    await using world = await setup()
    await world.sync()
    for (const id of world.ids.slice(0, 11)) world.vendor.removeVehicle(46, id)
    for (let time = 0; time < 3; time += 1) {
      expect(await world.sync()).toEqual({ state: 'failed', code: 'shrink_guard', listed: true })
    }
    expect(await world.gone()).toEqual([])
  })
})
