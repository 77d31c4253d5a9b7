import {
  NotReadyError,
  RateLimitedError,
  VendorAuthError,
  VendorConfigError,
  VendorRequestError,
  VendorResponseError,
  VendorUnavailableError,
} from '../../src/job/errors'
import { check } from '../../jobs/meta-ads/check'
import { metaAds } from '../../jobs/meta-ads/definition'
import { ReportFailedError } from '../../jobs/meta-ads/report-runs'
import { days, hours, minutes, seconds } from '../../src/lib/durations'
import { metaWorld, secrets, untilReady, type MetaWorld } from './meta-ads-world'

const slicesOf = ({ driver }: MetaWorld) =>
  driver.pages.flatMap(({ completes }) =>
    typeof completes === 'object' ? [`${completes.from} ${completes.to}`] : [],
  )
const rowOf = ({ driver }: MetaWorld, adId: string, day: string) => driver.rows.get(`${adId} ${day}`)
/** The first ad that has figures on a day. */
const deliveredOn = ({ account, now }: MetaWorld, day: string): string =>
  String([...account.adDays({ from: day, to: day }, now().getTime())][0]?.['ad_id'])

describe('meta-ads', () => {
  describe('first load', () => {
    test('copies the past month by month, oldest first, deleted ads included', async () => {
      await using world = await metaWorld()
      await world.run()
      const { held, truth } = world.compared()
      expect(held).toEqual(truth)
      expect(held.length).toBeGreaterThan(150)
      expect(slicesOf(world)).toEqual(['2026-01-10 2026-02-09', '2026-02-10 2026-03-10'])
      expect(world.driver.cursor).toEqual({ through: '2026-03-10', swept: '2026-03-10', way: 'call' })
      expect(world.driver.position).toBeNull()
      expect(world.driver.rejected).toEqual([])
      const deleted = world.account
        .ads(world.now().getTime())
        .find(({ deletedAt }) => deletedAt !== undefined)
      expect([...world.driver.rows.values()].some((row) => row['ad_id'] === deleted?.id)).toBe(true)
    })

    test('goes by the account’s own pages, however small they have to be', async () => {
      await using world = await metaWorld({ account: { ads: 30, largestPage: 130 } })
      await world.run()
      const { held, truth } = world.compared()
      expect(held).toEqual(truth)
      expect(slicesOf(world)).toHaveLength(2)
      // Halved from 500 to 250 to 125 once, and remembered.
      expect(world.calls.filter(({ outcome }) => outcome !== 'ok')).toHaveLength(2)
    })

    test('cut off after any page, it ends like one that was not', async () => {
      await using world = await metaWorld({ account: { ads: 30, largestPage: 130 } })
      let attempts = 0
      while (slicesOf(world).length < 2) {
        attempts += 1
        await world.driver.run({ pages: attempts })
      }
      await world.run()
      const { held, truth } = world.compared()
      expect(attempts).toBeGreaterThan(2)
      expect(held).toEqual(truth)
    })

    test('reaches back as far as the account’s settings say, and no further than the vendor', async () => {
      await using world = await metaWorld({ settings: { first_load_months: 36 } })
      await world.run()
      expect(slicesOf(world)[0]).toBe('2023-03-10 2023-04-09')
    })
  })

  describe('afterwards', () => {
    test('costs one request, and changes nothing while nothing happens', async () => {
      await using world = await metaWorld()
      await world.run()
      const before = new Map(world.driver.rows)
      expect(await world.run()).toBe(1)
      expect(slicesOf(world).at(-1)).toBe('2026-02-10 2026-03-10')
      expect(world.driver.rows).toEqual(before)
    })

    test('keeps up with new ads, days that go on, and figures that are restated', async () => {
      await using world = await metaWorld({ account: { newAdEvery: hours(30) } })
      await world.run()
      for (let round = 0; round < 12; round += 1) {
        world.pass(round % 3 === 0 ? days(4) : hours(6) + minutes(round))
        await world.run()
        const { held, truth } = world.compared()
        expect(held).toEqual(truth)
      }
    })

    test('reads four weeks behind the last day again, and removes what the vendor took back', async () => {
      await using world = await metaWorld()
      await world.run()
      const day = '2026-02-15'
      const adId = deliveredOn(world, day)
      const other = deliveredOn(world, '2026-02-20')
      world.account.restate(adId, day, null)
      world.account.restate(other, '2026-02-20', { spend: '1.50' })
      await world.run()
      expect(rowOf(world, adId, day)).toBeUndefined()
      expect(rowOf(world, other, '2026-02-20')).toMatchObject({ spend: '1.50' })
    })

    test('once a week reads a week more', async () => {
      await using world = await metaWorld()
      await world.run()
      const day = '2026-02-11'
      const adId = deliveredOn(world, day)
      world.pass(days(6))
      await world.run()
      expect(slicesOf(world).at(-2)).toBe('2026-02-10 2026-03-12')
      world.account.restate(adId, day, { spend: '7.77' })
      world.pass(days(1))
      await world.run()
      expect(slicesOf(world).slice(-2)[0]).toMatch(/^2026-02-10 /)
      expect(rowOf(world, adId, day)).toMatchObject({ spend: '7.77' })
      expect(world.driver.cursor).toMatchObject({ swept: '2026-03-17', through: '2026-03-17' })
    })

    test('after a long pause begins four weeks before it', async () => {
      await using world = await metaWorld()
      await world.run()
      world.pass(days(60))
      await world.run()
      expect(slicesOf(world).slice(2)).toEqual([
        '2026-02-10 2026-03-12',
        '2026-03-13 2026-04-12',
        '2026-04-13 2026-05-09',
      ])
      const { held, truth } = world.compared()
      expect(held).toEqual(truth)
    })

    test('finishes a reading of yesterday, then reads up to today', async () => {
      await using world = await metaWorld({ account: { ads: 30, largestPage: 130 } })
      await world.driver.run({ pages: 2 })
      world.pass(days(1))
      await world.run()
      expect(world.driver.cursor).toMatchObject({ through: '2026-03-11' })
      const { held, truth } = world.compared()
      expect(held).toEqual(truth)
    })

    test('takes a new name for what it is: an attribute', async () => {
      await using world = await metaWorld()
      await world.run()
      const adId = deliveredOn(world, '2026-03-09')
      world.account.edit(adId, { name: 'Renamed' })
      await world.run()
      expect(rowOf(world, adId, '2026-03-09')).toMatchObject({ ad_name: 'Renamed' })
      expect(rowOf(world, adId, '2026-01-20')?.['ad_name']).not.toBe('Renamed')
    })
  })

  describe('days', () => {
    test.each([
      ['Pacific/Honolulu', '2026-03-10T09:30:00Z', '2026-03-09'],
      ['Pacific/Auckland', '2026-03-10T12:30:00Z', '2026-03-11'],
      ['America/Chicago', '2026-03-08T20:00:00Z', '2026-03-08'],
      ['America/Chicago', '2026-11-01T20:00:00Z', '2026-11-01'],
    ])('are those of %s', async (timezone, start, today) => {
      await using world = await metaWorld({
        timezone,
        start: new Date(start),
        settings: { first_load_months: 12 },
      })
      await world.run()
      expect(slicesOf(world).at(-1)).toMatch(new RegExp(`${today}$`))
      const { held, truth } = world.compared()
      expect(held).toEqual(truth)
    })

    test('of a backfill are read exactly, and leave the live cursor alone', async () => {
      await using world = await metaWorld()
      await world.run()
      const { cursor } = world.driver
      world.driver.days = { from: '2026-01-20', to: '2026-02-25' }
      await world.run()
      expect(slicesOf(world).slice(2)).toEqual(['2026-01-20 2026-02-19', '2026-02-20 2026-02-25'])
      expect(world.driver.cursor).toEqual(cursor)
      const { held, truth } = world.compared()
      expect(held).toEqual(truth)
    })
  })

  describe('too much data', () => {
    test('is asked for in fewer days', async () => {
      await using world = await metaWorld({ account: { longestCall: 9 } })
      await world.run()
      expect(slicesOf(world)[0]).toBe('2026-01-10 2026-01-17')
      const { held, truth } = world.compared()
      expect(held).toEqual(truth)
      expect(world.vendor.reports.started).toBe(0)
    })

    test('is prepared by the vendor where a single day is too much, while no worker waits', async () => {
      await using world = await metaWorld({ account: { longestCall: 0 } })
      const failure = await world.driver.run().catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(NotReadyError)
      expect(failure).toMatchObject({ retryAfter: seconds(10) })
      expect(world.driver.position).toMatchObject({ way: 'report', from: '2026-01-10' })
      expect(await world.driver.operations.find('ad days 2026-01-10/2026-02-09')).toBeDefined()
      world.pass(seconds(10))
      await world.run()
      const { held, truth } = world.compared()
      expect(held).toEqual(truth)
      expect(world.vendor.reports.started).toBe(2)
      expect(await world.driver.operations.find('ad days 2026-01-10/2026-02-09')).toBeUndefined()
    })

    test('stays with reports on the next run, and tries calls again once a week', async () => {
      await using world = await metaWorld({ account: { longestCall: 0 } })
      await world.run()
      world.pass(hours(6))
      // One to start it, one to ask for it, one to read it.
      expect(await world.run()).toBe(3)
      expect(world.driver.cursor).toMatchObject({ way: 'report' })
      world.vendor.addAccount({ id: 7, name: 'Seven', timezone: 'America/Chicago', newAdEvery: 0 })
      world.pass(days(7))
      await world.run()
      expect(world.driver.cursor).toMatchObject({ way: 'call' })
    })

    test('a restart resumes the report that was asked for', async () => {
      await using world = await metaWorld({ account: { longestCall: 0, reportTakes: minutes(3) } })
      const waits: number[] = []
      await untilReady(
        async () => world.driver.run(),
        (wait) => {
          waits.push(wait)
          world.pass(wait)
        },
      )
      expect(waits.slice(0, 6).map((wait) => wait / 1000)).toEqual([10, 10, 20, 40, 80, 160])
      expect(world.vendor.reports.started).toBe(2)
      const { held, truth } = world.compared()
      expect(held).toEqual(truth)
    })

    test.each(['report failed', 'report skipped', 'report late', 'report stuck'])(
      'gets over a %s',
      async (name) => {
        await using world = await metaWorld({ account: { longestCall: 0 } })
        world.sandbox.faults.add({ kind: 'quirk', name, path: '/insights?', skip: 8 })
        await expect(world.driver.run()).rejects.toThrow(NotReadyError)
        expect(world.vendor.reports.started).toBe(1)
        await world.run()
        const { held, truth } = world.compared()
        expect(held).toEqual(truth)
        expect(world.vendor.reports.started).toBe(name === 'report late' ? 2 : 3)
      },
    )

    test('halves the days of reports that keep failing', async () => {
      await using world = await metaWorld({ account: { longestCall: 0, longestReport: 8 } })
      await world.run()
      expect(slicesOf(world)[0]).toBe('2026-01-10 2026-01-17')
      const { held, truth } = world.compared()
      expect(held).toEqual(truth)
    })

    test('fails where not even the report of a day comes to anything', async () => {
      await using world = await metaWorld({ account: { longestCall: 0 } })
      world.sandbox.faults.add({ kind: 'quirk', name: 'report failed', skip: 8, times: 1000 })
      await expect(world.run()).rejects.toThrow(ReportFailedError)
      expect(world.driver.position).toMatchObject({ span: 1, way: 'report' })
    })
  })

  describe('limits', () => {
    test('are respected before they are hit', async () => {
      await using world = await metaWorld()
      world.sandbox.faults.add({ kind: 'quirk', name: 'usage 96' })
      const failure = await world.driver.run().catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(RateLimitedError)
      expect(failure).toMatchObject({ retryAfter: minutes(5), message: /^96 % of the vendor’s limit/ })
      expect(world.calls).toHaveLength(1)
      // The slice that was begun is complete, so the next attempt gets further.
      expect(slicesOf(world)).toHaveLength(1)
      await world.run()
      expect(world.compared().held).toEqual(world.compared().truth)
    })

    test('are approached slowly', async () => {
      const paces: number[] = []
      await using world = await metaWorld({
        limiter: {
          grant: async ({ perSecond }) => {
            paces.push(perSecond)
            return { at: 0, release: async () => undefined }
          },
          block: async () => undefined,
          backOff: async () => 2000,
        },
      })
      world.account.usage = 80
      await world.run()
      expect(paces.filter((pace) => pace < 50)).toEqual([5, 0.5])
    })

    test('end an attempt with the wait that the vendor states', async () => {
      await using world = await metaWorld()
      world.account.usage = 100
      const failure = await world.driver.run().catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(RateLimitedError)
      expect(failure).toMatchObject({ retryAfter: minutes(7) })
      expect(world.calls).toHaveLength(1)
    })
  })

  describe('paging', () => {
    test('follows no link, whatever host it names', async () => {
      await using world = await metaWorld({ account: { ads: 30, largestPage: 130 } })
      world.vendor.linkHost = 'http://127.0.0.1:1'
      await world.run()
      expect(world.compared().held).toEqual(world.compared().truth)
    })

    test('an empty page in the middle is no end', async () => {
      await using world = await metaWorld()
      world.account.emptyPages = 2
      await world.run()
      expect(world.compared().held).toEqual(world.compared().truth)
    })

    test('a row that comes twice is one row', async () => {
      await using world = await metaWorld({ account: { ads: 30, largestPage: 130 } })
      world.account.repeats = true
      await world.run()
      expect(world.compared().held).toEqual(world.compared().truth)
    })

    test('starts the days over where the vendor has forgotten its cursor', async () => {
      await using world = await metaWorld({ account: { ads: 30, largestPage: 130 } })
      world.sandbox.faults.add({ kind: 'quirk', name: 'error 2642', skip: 3 })
      await world.run()
      expect(world.driver.pages.filter(({ restarts }) => restarts)).toHaveLength(1)
      expect(world.compared().held).toEqual(world.compared().truth)
    })
  })

  describe('refusals and faults', () => {
    test.each([
      ['an expired token', 'error 190/463', VendorAuthError],
      ['a missing permission', 'error 200', VendorConfigError],
      ['a wrong account', 'error 100/33', VendorConfigError],
      ['an unknown field', 'error 100', VendorRequestError],
    ])('%s ends the attempt at once', async (_, name, expected) => {
      await using world = await metaWorld()
      world.sandbox.faults.add({ kind: 'quirk', name })
      const failure: unknown = await world.driver.run().catch((error: unknown) => error)
      expect(failure).toBeInstanceOf(expected)
      expect(String(failure)).not.toContain(secrets.access_token)
      expect(world.calls).toHaveLength(1)
      expect(world.driver.rows.size).toBe(0)
    })

    test.each([
      ['a server error', { kind: 'status', status: 503 }],
      ['a cut connection', { kind: 'cut' }],
      ['half an answer', { kind: 'truncated' }],
      ['a fault page', { kind: 'html' }],
      ['an unknown error', { kind: 'quirk', name: 'error 1/99' }],
      ['a transient error', { kind: 'quirk', name: 'error 100 transient' }],
    ] as const)('%s is got over', async (_, fault) => {
      await using world = await metaWorld()
      world.sandbox.faults.add(fault)
      expect(await world.run()).toBe(3)
      expect(world.compared().held).toEqual(world.compared().truth)
    })

    test('trouble that stays is handed up, and the next attempt goes on', async () => {
      await using world = await metaWorld()
      world.sandbox.faults.add({ kind: 'quirk', name: 'error 2', skip: 1, times: 3 })
      await expect(world.driver.run()).rejects.toThrow(VendorUnavailableError)
      expect(slicesOf(world)).toHaveLength(1)
      expect(await world.run()).toBe(1)
      expect(world.compared().held).toEqual(world.compared().truth)
    })

    test('an answer without data is the vendor’s fault', async () => {
      await using world = await metaWorld()
      world.sandbox.faults.add({ kind: 'status', status: 200, body: { paging: {} }, times: 3 })
      await expect(world.driver.run()).rejects.toThrow(VendorResponseError)
    })

    test('rows that fit no table are set aside, and the rest is written', async () => {
      await using world = await metaWorld()
      const good = { account_id: '7', ad_id: '1', date_start: '2026-03-09', date_stop: '2026-03-09' }
      world.account.addMalformed({ ...good, spend: 'much' })
      world.account.addMalformed({ ...good, ad_id: undefined })
      world.account.addMalformed({ ...good, account_id: '8' })
      world.account.addMalformed({ ...good, date_stop: '2026-03-10' })
      await world.run()
      expect(world.driver.rejected).toHaveLength(4)
      expect(world.compared().held).toEqual(world.compared().truth)
    })

    test('the token is in no page, note, cursor or position', async () => {
      await using world = await metaWorld({ account: { ads: 30, largestPage: 130, longestCall: 3 } })
      await world.driver.run({ pages: 5 })
      const { pages, notes, cursor, position } = world.driver
      const told = JSON.stringify({ pages, notes, cursor, position })
      expect(told).not.toContain(secrets.access_token)
      expect(told).not.toContain(secrets.app_secret)
    })

    test('says once that the version is ageing', async () => {
      await using world = await metaWorld()
      world.sandbox.faults.add({ kind: 'quirk', name: 'ageing', times: 2 })
      await world.run()
      expect(world.driver.notes.filter((note) => note.includes('v26.0'))).toHaveLength(1)
    })
  })

  describe('check', () => {
    const checked = async (world: MetaWorld, externalId = '7') =>
      check({
        account: {
          id: '1',
          clientId: 'client',
          externalId,
          timezone: 'America/Chicago',
          settings: metaAds.settings.parse({}),
        },
        secrets,
        http: world.door,
        signal: new AbortController().signal,
        now: world.now(),
      })

    test('tells name, zone and currency with one call', async () => {
      await using world = await metaWorld({ account: { status: 2 } })
      expect(await checked(world)).toEqual({
        name: 'Seven',
        timezone: 'America/Chicago',
        notes: ['its figures are in USD', 'the vendor gives the ad account the status 2'],
      })
      expect(world.calls).toHaveLength(1)
    })

    test.each([
      ['an account that does not exist', '999'],
      ['an account that the user was not given', '8'],
    ])('throws for %s', async (_, externalId) => {
      await using world = await metaWorld()
      await expect(checked(world, externalId)).rejects.toThrow(VendorConfigError)
    })

    test('throws for a token that was revoked', async () => {
      await using world = await metaWorld()
      world.vendor.revoke(secrets.access_token)
      await expect(checked(world)).rejects.toThrow(VendorAuthError)
    })
  })
})
