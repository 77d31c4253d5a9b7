import {
  ShrinkGuardError,
  VendorAuthError,
  VendorConfigError,
  VendorUnavailableError,
} from '../../src/job/errors'
import { hours } from '../../src/lib/durations'
import {
  campaignWorld as setup,
  checked,
  expectTruth,
  googleSecrets,
  large,
  metaSecrets,
  platforms,
  unlistedOf,
} from '../support/campaign-world'

describe('campaign', () => {
  describe.each(platforms)('on %s', (platform) => {
    test('a first load equals the truth', async () => {
      await using world = await setup()
      await world.drivers[platform].run()
      const { truth } = world.compared(platform)
      expect(truth.length).toBeGreaterThan(5)
      expectTruth(world, platform)
      expect(world.drivers[platform]).toMatchObject({
        cursor: { hadCampaigns: true },
        position: null,
        rejected: [],
      })
    })

    test('a second sync changes nothing', async () => {
      await using world = await setup()
      await world.drivers[platform].run()
      const before = JSON.stringify([...world.drivers[platform].rows])
      await world.drivers[platform].run()
      expect(JSON.stringify([...world.drivers[platform].rows])).toBe(before)
    })

    test('keeps up with life: new campaigns, budgets, beginnings, ends and removals', async () => {
      await using world = await setup()
      const seen = new Set<unknown>()
      for (let step = 0; step < 14; step += 1) {
        await world.drivers[platform].run()
        expectTruth(world, platform)
        for (const { status } of world.drivers[platform].rows.values()) seen.add(status)
        world.pass(hours(7))
      }
      expect([...seen]).toEqual(
        expect.arrayContaining([
          'active',
          'ended',
          'removed',
          ...(platform === 'google' ? ['scheduled'] : []),
        ]),
      )
    })

    test('cut off after any page, it starts the listing over', async () => {
      await using world = await large()
      const driver = world.drivers[platform]
      await driver.run()
      const pages = driver.pages.length
      expect(pages).toBeGreaterThan(3)
      for (let cut = 1; cut < pages; cut += 1) {
        await driver.run({ pages: cut })
        world.pass(hours(1))
        const before = driver.pages.length
        await driver.run()
        expectTruth(world, platform)
        expect(driver.pages.slice(before).filter(({ restarts }) => restarts)).toHaveLength(1)
      }
    })

    test('a listing that breaks off marks nothing gone', async () => {
      await using world = await large()
      const driver = world.drivers[platform]
      await driver.run()
      const [first] = [...driver.rows.values()].map((row) => String(row['campaign_id']))
      unlistedOf(world, platform).add(first ?? '')
      world.sandbox.faults.add(
        platform === 'google'
          ? { kind: 'quirk', name: 'error-in-stream', path: 'searchStream' }
          : { kind: 'status', status: 503, path: 'campaigns?', skip: 4, times: 3 },
      )
      const before = driver.pages.length
      await expect(driver.run()).rejects.toThrow(VendorUnavailableError)
      expect(driver.pages.length).toBeGreaterThan(before)
      expect(driver.rows.get(`${platform} ${first}`)).not.toHaveProperty('gone')
      await driver.run()
      expect(driver.rows.get(`${platform} ${first}`)).toHaveProperty('gone', true)
      expectTruth(world, platform)
    })

    test.each([1, 3, 5])(
      'an empty answer for an account that had %i campaigns is not believed',
      async (campaigns) => {
        await using world = await setup({ customer: { campaigns }, account: { campaigns } })
        const driver = world.drivers[platform]
        await driver.run()
        const held = JSON.stringify([...driver.rows])
        for (const row of driver.rows.values()) unlistedOf(world, platform).add(String(row['campaign_id']))
        await expect(driver.run()).rejects.toThrow(ShrinkGuardError)
        expect(JSON.stringify([...driver.rows])).toBe(held)
      },
    )

    test('an empty answer for an account that never had any is one', async () => {
      await using world = await setup({ customer: { campaigns: 0 }, account: { campaigns: 0 } })
      await world.drivers[platform].run()
      await world.drivers[platform].run()
      expect(world.drivers[platform]).toMatchObject({ cursor: { hadCampaigns: false } })
    })

    test('a campaign that comes back is there again', async () => {
      await using world = await setup()
      const driver = world.drivers[platform]
      await driver.run()
      const [key = ''] = [...driver.rows].find(([, { status }]) => status === 'active') ?? []
      unlistedOf(world, platform).add(key.split(' ')[1] ?? '')
      await driver.run()
      expect(driver.rows.get(key)).toHaveProperty('gone', true)
      unlistedOf(world, platform).clear()
      await driver.run()
      expectTruth(world, platform)
    })

    test('a removed campaign stays, marked gone, and is no campaign that is missed', async () => {
      await using world = await setup()
      const driver = world.drivers[platform]
      await driver.run()
      const [key, row] = [...driver.rows].find(([, { status }]) => status === 'active') ?? ['', {}]
      const [, id = ''] = key.split(' ')
      if (platform === 'google') world.customer.editFields('campaign', id, { 'campaign.status': 'REMOVED' })
      else world.account.edit(id, { status: 'DELETED' })
      await driver.run()
      expect(driver.rows.get(key)).toMatchObject({ name: row['name'], status: 'removed', gone: true })
      expectTruth(world, platform)
    })

    test('rows that fit no table are set aside, and the rest is written', async () => {
      await using world = await setup()
      world.customer.addOddity('campaign', {
        'customer.id': '9990001111',
        'campaign.id': '5',
        'campaign.name': [],
      })
      world.customer.addOddity('campaign', { 'customer.id': '8', 'campaign.id': '6' })
      world.account.addOddity('campaigns', { id: '5', account_id: '7', lifetime_budget: '1.5' })
      world.account.addOddity('campaigns', { id: '6', account_id: '8', daily_budget: '100' })
      await world.drivers[platform].run()
      expect(world.drivers[platform].rejected).toHaveLength(2)
      expectTruth(world, platform)
    })

    test('a platform that is down does not stop the other one', async () => {
      await using world = await setup()
      const other = platform === 'google' ? 'meta' : 'google'
      world.sandbox.faults.add({ kind: 'status', status: 503, vendor: other, times: 1000 })
      const [down, up] = await Promise.allSettled([world.drivers[other].run(), world.drivers[platform].run()])
      expect(down).toMatchObject({ status: 'rejected', reason: expect.any(VendorUnavailableError) })
      expect(up.status).toBe('fulfilled')
      expectTruth(world, platform)
    })

    test('an account with the other platform’s credential is set up wrongly', async () => {
      await using world = await setup()
      const [id, secrets] =
        platform === 'google' ? ['google:9990001111', metaSecrets] : ['meta:7', googleSecrets]
      await expect(world.driverOf(id, secrets).run()).rejects.toThrow(VendorConfigError)
      expect(world.asked).toEqual([])
    })

    test('check tells name, zone and currency with one call, and throws what a sync would', async () => {
      await using world = await setup({ customer: { currency: 'CAD' }, account: { currency: 'CAD' } })
      expect(await checked(world, platform)).toEqual({
        name: platform === 'google' ? 'Nine' : 'Seven',
        timezone: 'America/Chicago',
        notes: ['its budgets are in CAD'],
      })
      expect(world.asked).toHaveLength(1)
      if (platform === 'google') world.google.revoke(googleSecrets.refresh_token)
      else world.meta.revoke(metaSecrets.access_token)
      world.pass(hours(2))
      await expect(checked(world, platform)).rejects.toThrow(VendorAuthError)
    })
  })
})
