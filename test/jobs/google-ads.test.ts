import { check } from '../../jobs/google-ads/check'
import { googleAds } from '../../jobs/google-ads/definition'
import { sync } from '../../jobs/google-ads/sync'
import { VendorConfigError } from '../../src/job/errors'
import { vendorHosts, type VendorHost } from '../../src/job/http'
import { days, hours } from '../../src/lib/durations'
import { addDays } from '../../src/lib/local-days'
import { startSandbox } from '../../sandbox'
import { googlePart } from '../../sandbox/google/part'
import { testDoor } from '../support/door'
import { SyncDriver } from '../support/drive-sync'
import { googleAdsWorld as setup, names, streams } from '../support/google-ads-world'
import { googleCustomer, googleEpoch, googleSecrets } from '../support/google-world'

const testBaseUrls = (url: string): Record<VendorHost, string> =>
  Object.fromEntries(vendorHosts.map((host) => [host, url])) as Record<VendorHost, string>

describe('google-ads', () => {
  describe('first load', () => {
    test('copies every day of campaigns, ad groups and ads, in slices of 14 days, oldest first', async () => {
      await using world = await setup()
      expect(await world.run()).toBe(15)
      world.expectTruth()
      expect(world.truthOf('ad_days').length).toBeGreaterThan(100)
      expect(world.windows().slice(0, 6)).toEqual([
        'campaign_days 2026-01-10 2026-01-23',
        'campaign_days 2026-01-24 2026-02-06',
        'campaign_days 2026-02-07 2026-02-20',
        'campaign_days 2026-02-21 2026-03-06',
        'campaign_days 2026-03-07 2026-03-10',
        'ad_group_days 2026-01-10 2026-01-23',
      ])
      expect(world.driver.stream('ad_days')).toMatchObject({
        cursor: { through: '2026-03-10', swept: '2026-03-10', slice: 14 },
        position: null,
      })
      expect(world.driver.rejected).toEqual([])
    })

    test('reaches back thirteen months unless the settings say otherwise', async () => {
      await using world = await setup({ settings: {}, customer: { history: 380 } })
      await world.run()
      expect(world.windows()[0]).toBe('campaign_days 2025-02-10 2025-02-23')
      world.expectTruth()
    })

    test('asks for nothing that Google does not keep', async () => {
      await using world = await setup({
        settings: { first_load_months: 37, sweep_days: 1110, lookback_days: 90 },
      })
      await world.run()
      expect(world.windows()[0]).toBe('campaign_days 2023-02-10 2023-02-23')
      world.driver.days = { from: '2022-12-01', to: '2023-02-12' }
      const before = world.driver.pages.length
      await world.run()
      expect(world.windows(before)[0]).toBe('campaign_days 2023-02-10 2023-02-12')
      world.driver.days = { from: '2022-12-01', to: '2022-12-31' }
      expect(await world.run()).toBe(0)
    })

    test('cut off after any page, it goes on and comes to the same', async () => {
      await using whole = await setup({ google: { pageRows: 20 } })
      await whole.run()
      const pages = whole.driver.pages.length
      expect(pages).toBeGreaterThan(30)
      await using world = await setup({ google: { pageRows: 20 } })
      for (let attempt = 0; attempt < pages && world.driver.stream('ad_days').cursor === null; attempt += 1) {
        await world.driver.run({ pages: 3 })
      }
      for (let attempt = 1; attempt < 8; attempt += 1) await world.driver.run({ pages: attempt })
      await world.driver.run()
      world.expectTruth()
    })

    test('moves its cursor with each slice, and begins a slice that was cut off anew', async () => {
      await using world = await setup({ google: { pageRows: 10 } })
      await world.driver.run({ pages: 2 })
      expect(world.driver.stream('campaign_days').cursor).toMatchObject({
        through: '2026-01-23',
        swept: null,
      })
      expect(world.driver.stream('campaign_days').position).toEqual({
        begun: '2026-03-10',
        from: '2026-01-24',
        slice: 14,
        sweeps: true,
      })
    })
  })

  describe('afterwards', () => {
    test('costs nine queries, and changes nothing while nothing happens', async () => {
      await using world = await setup()
      await world.run()
      const before = JSON.stringify(names.map((name) => [...world.driver.stream(name).rows]))
      expect(await world.run()).toBe(9)
      expect(JSON.stringify(names.map((name) => [...world.driver.stream(name).rows]))).toBe(before)
    })

    test('keeps up with new days, late conversions and clicks that are taken back', async () => {
      await using world = await setup({ customer: { campaigns: 4, adsEach: 2 } })
      await world.run()
      const vanished = { count: 0 }
      for (let round = 0; round < 8; round += 1) {
        const held = new Set(world.driver.stream('ad_days').rows.keys())
        world.pass(hours(20))
        await world.run()
        world.expectTruth()
        const now = world.driver.stream('ad_days').rows
        vanished.count += [...held].filter((key) => !now.has(key)).length
      }
      expect(vanished.count).toBeGreaterThan(0)
    })

    test('removes a day that Google no longer tells of', async () => {
      await using world = await setup()
      await world.run()
      const [campaign] = world.customer.campaigns
      const ad = campaign?.adGroups[0]?.ads[0]
      const day = '2026-02-20'
      const held = () =>
        [...world.driver.stream('ad_days').rows.values()].filter((row) => row['day'] === day).length
      const before = held()
      world.customer.editDay(ad?.number ?? -1, day, { impressions: 5 })
      await world.run()
      const afterwards = held()
      world.customer.editDay(ad?.number ?? -1, day, null)
      await world.run()
      expect(held()).toBe(afterwards - 1)
      expect(before).toBeGreaterThan(0)
      world.expectTruth()
    })

    test('finds what changed within ninety days once a week, and within thirty at once', async () => {
      await using world = await setup({ customer: { history: 85 }, settings: { first_load_months: 3 } })
      await world.run()
      const leaf = world.customer.campaigns[0]?.adGroups[0]?.ads[0]?.number ?? -1
      const change = { impressions: 7, conversions: 300 }
      world.customer.editDay(leaf, addDays('2026-03-10', -30), change)
      await world.run()
      world.expectTruth()
      world.customer.editDay(leaf, addDays('2026-03-10', -60), change)
      world.pass(days(6))
      expect(await world.run()).toBe(9)
      expect(() => world.expectTruth()).toThrow(/deep equality/)
      world.pass(days(1))
      expect(await world.run()).toBe(21)
      world.expectTruth()
      world.pass(days(1))
      expect(await world.run()).toBe(9)
    })

    test('after a long pause reads again what was still to settle', async () => {
      await using world = await setup()
      await world.run()
      world.pass(days(60))
      const before = world.driver.pages.length
      await world.run()
      expect(world.windows(before)[0]).toBe('campaign_days 2026-02-08 2026-02-21')
      world.expectTruth()
    })

    test('goes on with a sweep where it was cut off, and begins one anew that is days old', async () => {
      await using world = await setup()
      await world.run()
      world.pass(days(7))
      const before = world.driver.pages.length
      await world.driver.run({ pages: 8 })
      expect(world.windows(before)[0]).toBe('campaign_days 2025-12-17 2025-12-30')
      expect(world.driver.stream('campaign_days').position).toMatchObject({
        from: '2026-02-25',
        sweeps: true,
      })
      const resumed = world.driver.pages.length
      world.pass(hours(20))
      await world.driver.run()
      expect(world.windows(resumed)[0]).toBe('campaign_days 2026-02-25 2026-03-10')
      expect(world.driver.stream('campaign_days').cursor).toMatchObject({ swept: '2026-03-18' })
      // What was read the day before has changed since.
      await world.driver.run()
      world.expectTruth()

      await world.driver.run({ pages: 2 })
      await world.driver.run({ pages: 3 })
      world.pass(days(3))
      const anew = world.driver.pages.length
      await world.driver.run()
      expect(world.windows(anew)[0]).toBe('campaign_days 2026-02-16 2026-03-01')
      world.expectTruth()
    })
  })

  describe('days of an account', () => {
    test.each([
      ['America/New_York', '2026-03-08T04:59:00Z', '2026-03-07'],
      ['America/New_York', '2026-03-08T05:00:00Z', '2026-03-08'],
      ['Pacific/Honolulu', '2026-03-01T09:59:00Z', '2026-02-28'],
      ['Australia/Sydney', '2026-04-04T13:30:00Z', '2026-04-05'],
    ])('end in %s: at %s it is %s', async (timezone, at, today) => {
      await using world = await setup({
        timezone,
        start: new Date(at),
        settings: { first_load_months: 3 },
      })
      await world.run()
      expect(world.driver.stream('campaign_days').cursor).toMatchObject({ through: today })
      expect(world.windows().at(-1)).toContain(today)
      world.expectTruth()
    })
  })

  test('a backfill reads its days, and leaves the cursor alone', async () => {
    await using world = await setup()
    await world.run()
    const { cursor } = world.driver.stream('ad_days')
    for (const name of names) world.driver.stream(name).rows.clear()
    world.driver.days = { from: '2026-02-01', to: '2026-02-14' }
    expect(await world.run()).toBe(3)
    for (const name of names) {
      const truth = world
        .truthOf(name)
        .filter(({ day }) => String(day) >= '2026-02-01' && String(day) <= '2026-02-14')
      expect(world.driver.stream(name).rows.size).toBe(truth.length)
    }
    expect(world.driver.stream('ad_days').cursor).toEqual(cursor)
  })

  test('loads the demo clients with the credentials that are imported for them', async () => {
    await using sandbox = await startSandbox({
      port: 0,
      seed: 'demo',
      google: { limits: { perSecond: 100_000, inFlight: 20 } },
      now: () => googleEpoch,
      epoch: googleEpoch,
    })
    const url = sandbox.baseUrl('google')
    const { door } = testDoor(url, {
      baseUrls: { ...testBaseUrls(url), googleOauth: `${url}/oauth2`, googleAds: `${url}/ads` },
    })
    await using _ = door
    const { credentials, accounts } = googlePart.demo('demo', testBaseUrls(url))
    const ours = accounts.filter(({ job }) => job === 'google-ads')
    expect(ours).toHaveLength(12)
    for (const account of [ours[0], ours[11]]) {
      const driver = new SyncDriver(googleAds, sync, {
        externalId: account?.external_id ?? '',
        timezone: account?.timezone ?? '',
        secrets: credentials.find(({ id }) => id === account?.credential)?.secrets,
        settings: account?.settings,
        http: door,
        now: () => googleEpoch,
      })
      await driver.run()
      const truth = sandbox.vendors.google.truth(account?.external_id ?? '')
      for (const name of names) {
        const rows = [...(truth[streams[name]] ?? [])]
        expect(driver.stream(name).rows.size).toBe(rows.length)
        expect(rows.length).toBeGreaterThan(150)
        expect(rows.length).toBeLessThan(400)
      }
    }
  })

  describe('check', () => {
    const checked = async (world: Awaited<ReturnType<typeof setup>>, externalId = googleCustomer.id) =>
      check({
        account: {
          id: '1',
          clientId: 'client',
          externalId,
          timezone: googleCustomer.timezone,
          settings: googleAds.settings.parse({}),
        },
        secrets: googleSecrets,
        http: world.door,
        signal: new AbortController().signal,
        now: world.now(),
      })

    test('tells name, zone and currency at the price of one query', async () => {
      await using world = await setup()
      expect(await checked(world)).toEqual({
        name: 'Nine',
        timezone: 'America/Chicago',
        notes: ['kept in USD'],
      })
      expect(world.queries()).toBe(1)
    })

    test('throws what a sync would throw', async () => {
      await using world = await setup()
      await expect(checked(world, '5')).rejects.toThrow(VendorConfigError)
      await expect(checked(world, '1112223333')).rejects.toThrow(/is a manager/)
    })
  })
})
