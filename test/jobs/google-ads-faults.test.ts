import {
  QuotaError,
  RateLimitedError,
  VendorAuthError,
  VendorConfigError,
  VendorUnavailableError,
} from '../../src/job/errors'
import { days, hours, minutes } from '../../src/lib/durations'
import { ExpensiveQueryError, HeavyQueryError } from '../../src/vendors/google/errors'
import { googleAdsWorld as setup } from '../support/google-ads-world'
import { googleCustomer, googleSecrets } from '../support/google-world'

describe('google-ads', () => {
  describe('where Google is asked for too much', () => {
    test('halves the slice until it works, and remembers', async () => {
      await using world = await setup({ customer: { maxDays: 4 } })
      await world.run()
      world.expectTruth()
      expect(world.driver.notes[0]).toBe(
        '2026-01-10 to 2026-01-23 is too much for Google at once; 7 days from here on',
      )
      expect(world.driver.stream('ad_days').cursor).toMatchObject({ slice: 4 })
      world.customer.maxDays = 100
      await world.run()
      expect(world.driver.stream('ad_days').cursor).toMatchObject({ slice: 8 })
    })

    test('asks for less where a stream breaks off, and counts none of it', async () => {
      await using world = await setup({ google: { pageRows: 10 } })
      world.sandbox.faults.add({ kind: 'cut', path: 'searchStream', skip: 2 })
      await world.run()
      world.expectTruth()
      expect(world.driver.pages.some(({ restarts }) => restarts)).toBe(true)
    })

    test('takes an error inside a stream for what it is', async () => {
      await using world = await setup({ google: { pageRows: 10 } })
      world.sandbox.faults.add({ kind: 'quirk', name: 'error-in-stream', path: 'searchStream', times: 2 })
      await world.run()
      world.expectTruth()
      expect(world.driver.notes[0]).toMatch(/too much for Google at once/)
    })

    test('reads a day page by page that cannot be streamed, and starts over where its token is too old', async () => {
      await using world = await setup({ google: { pageRows: 2 } })
      await world.run()
      world.driver.days = { from: '2026-03-04', to: '2026-03-04' }
      world.sandbox.faults.add({ kind: 'quirk', name: 'error-in-stream', path: 'searchStream' })
      world.sandbox.faults.add({ kind: 'quirk', name: 'expired-page-token', path: 'search?', skip: 1 })
      await world.run()
      expect(world.driver.notes).toContain('Google cannot stream 2026-03-04; it is read page by page')
      world.expectTruth()
    })

    test('gives up on a day that does not work at all', async () => {
      await using world = await setup({ customer: { maxDays: 1 } })
      world.sandbox.faults.add({ kind: 'quirk', name: 'internal-error', path: 'search', times: 100 })
      await expect(world.driver.run()).rejects.toThrow(HeavyQueryError)
      expect(world.driver.stream('campaign_days').cursor).toBeNull()
    })

    test('waits where Google finds its queries too expensive, and then asks for less', async () => {
      await using world = await setup()
      world.sandbox.faults.add({ kind: 'quirk', name: 'short-term-cost', path: 'search' })
      await expect(world.driver.run()).rejects.toThrow(ExpensiveQueryError)
      expect(world.driver.stream('campaign_days').position).toMatchObject({ slice: 7 })
      const before = world.driver.pages.length
      await world.run()
      expect(world.windows(before)[0]).toBe('campaign_days 2026-01-10 2026-01-16')
      world.expectTruth()
      world.sandbox.faults.add({ kind: 'quirk', name: 'long-term-cost', path: 'search' })
      await expect(world.driver.run()).rejects.toMatchObject({ name: QuotaError.name, retryAfter: days(1) })
    })

    test('reads a month of a large customer as it comes', async () => {
      await using world = await setup({
        customer: { campaigns: 21, adGroupsEach: 5, adsEach: 5, history: 27 },
        settings: { first_load_months: 1 },
        google: { pageRows: 1000 },
      })
      await world.run()
      expect(world.driver.stream('ad_days').rows.size).toBeGreaterThan(10_000)
      expect(Math.max(...world.driver.pages.map(({ records }) => records.length))).toBe(1000)
      world.expectTruth()
    })
  })

  describe('what Google may do', () => {
    test('puts a malformed day aside and keeps the others', async () => {
      await using world = await setup()
      const row = {
        'customer.id': googleCustomer.id,
        'segments.date': '2026-03-01',
        'campaign.id': '5',
        'metrics.clicks': '1',
      }
      world.customer.addOddity('campaign', { ...row, 'metrics.cost_micros': '1.5e' })
      world.customer.addOddity('campaign', { ...row, 'campaign.id': undefined })
      await world.run()
      expect(world.driver.rejected).toHaveLength(2)
      world.expectTruth()
    })

    test('repeats batches and sends empty ones', async () => {
      await using world = await setup({ google: { pageRows: 20 } })
      world.sandbox.faults.add({ kind: 'quirk', name: 'duplicate-batches', path: 'searchStream', times: 3 })
      world.sandbox.faults.add({ kind: 'quirk', name: 'empty-batches', path: 'searchStream', times: 3 })
      await world.run()
      world.expectTruth()
      expect(world.sandbox.faults.pending).toBe(0)
    })

    test('answers with nothing, in either form, for an account without figures', async () => {
      await using world = await setup({ customer: { campaigns: 0 } })
      await world.run()
      world.expectTruth()
      expect(world.driver.stream('campaign_days')).toMatchObject({ cursor: { through: '2026-03-10' } })
    })

    test('renames and removes campaigns', async () => {
      await using world = await setup()
      await world.run()
      const id = world.customer.campaigns[0]?.id ?? ''
      world.customer.editFields('campaign', id, { 'campaign.name': 'Renamed', 'campaign.status': 'REMOVED' })
      world.pass(hours(6))
      await world.run()
      const rows = [...world.driver.stream('campaign_days').rows.values()]
      expect(rows.filter((row) => row['campaign_name'] === 'Renamed').length).toBeGreaterThan(20)
    })

    test('is down now and then', async () => {
      await using world = await setup()
      world.sandbox.faults.add({ kind: 'quirk', name: 'transient-error', times: 2, path: 'search' })
      world.sandbox.faults.add({ kind: 'html', path: 'search', skip: 1 })
      world.sandbox.faults.add({ kind: 'reset', path: 'search', skip: 1 })
      world.sandbox.faults.add({ kind: 'truncated', path: 'search', skip: 1 })
      await world.run()
      world.expectTruth()
      expect(world.sandbox.faults.pending).toBe(0)
      world.sandbox.faults.add({ kind: 'quirk', name: 'transient-error', times: 3, path: 'search' })
      await expect(world.driver.run()).rejects.toThrow(VendorUnavailableError)
    })

    test('sends us elsewhere: we do not follow', async () => {
      await using world = await setup()
      world.sandbox.faults.add({ kind: 'redirect', to: 'https://elsewhere.example/', path: 'token' })
      await expect(world.driver.run()).rejects.toThrow(/redirects are not followed/)
    })
  })

  describe('limits and refusals', () => {
    test.each([
      ['developer-quota', 'google-ads-', minutes(15)],
      ['account-quota', undefined, 30_000],
    ])('waits out %s', async (name, bucket, retryAfter) => {
      await using world = await setup()
      world.sandbox.faults.add({ kind: 'quirk', name, path: 'search' })
      const refused: unknown = await world.driver.run().catch((error: unknown) => error)
      expect(refused).toBeInstanceOf(RateLimitedError)
      expect(refused).toMatchObject({ retryAfter })
      expect((refused as { cause: RateLimitedError }).cause.bucket?.slice(0, 11)).toBe(bucket)
      await world.run()
      world.expectTruth()
    })

    test('parks the account of a closed customer, and the credential that was revoked', async () => {
      await using world = await setup()
      await world.run()
      world.vendor.addCustomer({ ...googleCustomer, status: 'CANCELED' })
      await expect(world.driver.run()).rejects.toThrow(/closed, or not enabled yet/)
      world.vendor.addCustomer(googleCustomer)
      world.vendor.revoke(googleSecrets.refresh_token)
      await expect(world.driver.run()).rejects.toThrow(VendorAuthError)
      world.vendor.restore(googleSecrets.refresh_token)
      await world.run()
      world.expectTruth()
    })

    test('refuses days of another zone and money of another currency, naming both', async () => {
      await using world = await setup({ customer: { timezone: 'America/Denver' } })
      await expect(world.driver.run()).rejects.toThrow(VendorConfigError)
      await expect(world.driver.run()).rejects.toThrow(
        /America\/Denver at Google, and in America\/Chicago here/,
      )
      expect(world.driver.stream('campaign_days').rows.size).toBe(0)
      await using other = await setup({ settings: { currency: 'CAD' } })
      await expect(other.driver.run()).rejects.toThrow(/USD at Google, and in CAD here/)
    })
  })
})
