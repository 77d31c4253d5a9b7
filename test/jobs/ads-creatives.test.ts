import { check } from '../../jobs/ads-creatives/check'
import { creativeColumns } from '../../jobs/ads-creatives/columns'
import { adsCreatives } from '../../jobs/ads-creatives/definition'
import { sync } from '../../jobs/ads-creatives/sync'
import { RateLimitedError, VendorConfigError, VendorRequestError } from '../../src/job/errors'
import { days, hours, minutes } from '../../src/lib/durations'
import { SyncDriver } from '../support/drive-sync'
import {
  accounts,
  creativesWorld,
  googleSecrets,
  metaSecrets,
  type CreativesWorld,
  type Row,
} from './ads-creatives-world'

const asked = ({ calls }: CreativesWorld): number => calls.filter(({ host }) => host !== 'googleOauth').length
const all = ({ rows }: CreativesWorld): Row[] =>
  (['creatives', 'ads', 'links'] as const).flatMap((stream) => [...rows(stream).values()])

describe('ads-creatives', () => {
  describe.each(['google', 'meta'] as const)('at %s', (platform) => {
    test('copies all there is', async () => {
      await using world = await creativesWorld({ platform })
      await world.driver.run()
      expect(world.differences()).toEqual([])
      expect(world.driver.rejected).toEqual([])
      expect(world.rows('ads').size).toBeGreaterThan(8)
      expect(world.rows('creatives').size).toBeGreaterThan(15)
    })

    test('lists everything again, and nothing changes but signed addresses', async () => {
      await using world = await creativesWorld({ platform })
      await world.driver.run()
      const before = all(world)
      world.pass(minutes(1))
      await world.driver.run()
      const after = all(world)
      expect(lasting(after)).toEqual(lasting(before))
      expect(after).not.toEqual(before)
    })

    test('cut off after a page, it ends like one that was not', async () => {
      const small = { google: { pageRows: 20 }, account: { largestPage: 4 } }
      await using whole = await creativesWorld({ platform, ...small })
      await whole.driver.run()
      const pages = whole.driver.pages.length
      expect(pages).toBeGreaterThan(8)
      for (let cut = 1; cut < pages; cut += 3) {
        await using world = await creativesWorld({ platform, ...small })
        await world.driver.run({ pages: cut })
        await world.driver.run()
        expect({ cut, differences: world.differences() }).toEqual({ cut, differences: [] })
      }
    })

    test('keeps up with what changes, comes and goes', async () => {
      await using world = await creativesWorld({
        platform,
        account: { newAdEvery: hours(20), creativesLast: days(3) },
      })
      for (let round = 0; round < 8; round += 1) {
        await world.driver.run()
        expect({ round, differences: world.differences() }).toEqual({ round, differences: [] })
        world.pass(hours(20))
      }
      expect(world.gone(platform === 'google' ? 'links' : 'creatives').length).toBeGreaterThan(3)
    })

    test('refuses the credential of the other platform', async () => {
      await using world = await creativesWorld({ platform })
      const secrets = platform === 'google' ? metaSecrets : googleSecrets
      const driver = new SyncDriver(adsCreatives, sync, {
        externalId: accounts[platform],
        timezone: 'America/Chicago',
        secrets,
        http: world.door,
        now: world.now,
      })
      await expect(driver.run()).rejects.toThrow(VendorConfigError)
      expect(world.calls).toHaveLength(0)
    })

    test('is checked with one call', async () => {
      await using world = await creativesWorld({ platform })
      expect(await checked(world, accounts[platform])).toMatchObject({ timezone: 'America/Chicago' })
      expect(asked(world)).toBe(1)
      await expect(checked(world, `${platform}:5`)).rejects.toThrow(VendorConfigError)
    })
  })

  describe('at google', () => {
    test('asks five questions, and for the bytes of no image', async () => {
      await using world = await creativesWorld({ platform: 'google' })
      await world.driver.run()
      expect(asked(world)).toBe(5)
      expect(world.driver.notes).toEqual(['78 assets', '18 ads and asset groups'])
      expect(JSON.stringify(all(world))).not.toContain('CANARY')
    })

    test('has search ads, display ads and asset groups, each with what it uses', async () => {
      await using world = await creativesWorld({ platform: 'google' })
      await world.driver.run()
      const ads = [...world.rows('ads').values()]
      const links = [...world.rows('links').values()]
      const fieldTypesOf = (is: (ad: Row) => boolean): string[] => {
        const ad = ads.find(is)
        const own = links.filter(
          (link) => link['ad_id'] === ad?.['ad_id'] && link['ad_group_id'] === ad?.['ad_group_id'],
        )
        return [...new Set(own.map((link) => String(link['field_type'])))].toSorted()
      }
      expect(fieldTypesOf((ad) => ad['ad_type'] === 'RESPONSIVE_SEARCH_AD')).toEqual([
        'DESCRIPTION',
        'HEADLINE',
      ])
      expect(fieldTypesOf((ad) => ad['ad_type'] === 'RESPONSIVE_DISPLAY_AD')).toEqual([
        'LANDSCAPE_LOGO',
        'LOGO',
        'MARKETING_IMAGE',
        'SQUARE_MARKETING_IMAGE',
        'YOUTUBE_VIDEO',
      ])
      expect(fieldTypesOf((ad) => ad['kind'] === 'asset_group')).toContain('LONG_HEADLINE')
      // Every asset that a link names is there: ids beyond 2^53 are not mixed up.
      const creatives = new Set([...world.rows('creatives').values()].map((row) => row['creative_id']))
      expect(links.filter((link) => !creatives.has(link['creative_id']))).toEqual([])
      expect(Number(links[0]?.['creative_id'])).toBeGreaterThan(Number.MAX_SAFE_INTEGER)
    })

    test('keeps links that ended as ended, and marks those gone that a display ad names no more', async () => {
      await using world = await creativesWorld({ platform: 'google' })
      await world.driver.run()
      const held = new Map(world.rows('links'))
      const endedBefore = [...held.values()].filter((link) => link['enabled'] === false).length
      world.pass(hours(6))
      await world.driver.run()
      const ended = [...world.rows('links').values()].filter((link) => link['enabled'] === false).length
      expect(ended).toBeGreaterThan(endedBefore)
      expect(world.gone('links').length).toBeGreaterThan(0)
      expect(world.gone('creatives')).toEqual([])
      expect(world.differences()).toEqual([])
    })

    test('marks a removed ad gone, and only once a listing is complete', async () => {
      await using world = await creativesWorld({ platform: 'google' })
      await world.driver.run()
      const [ad] = world.rows('ads').values()
      const id = `${String(ad?.['ad_group_id'])}~${String(ad?.['ad_id'])}`
      world.customer.editFields('ad_group_ad', id, { 'ad_group_ad.status': 'REMOVED' })
      world.sandbox.faults.add({ kind: 'quirk', name: 'unrecognized-field', path: 'searchStream', skip: 2 })
      await expect(world.driver.run()).rejects.toThrow(VendorRequestError)
      expect(world.gone('ads')).toEqual([])
      await world.driver.run()
      expect(world.gone('ads').map((row) => row['ad_id'])).toEqual([ad?.['ad_id']])
      expect(world.differences()).toEqual([])
    })

    test('reads page by page what cannot be streamed, and once more where its token is too old', async () => {
      await using world = await creativesWorld({ platform: 'google', google: { pageRows: 20 } })
      world.sandbox.faults.add({ kind: 'quirk', name: 'error-in-stream', path: 'searchStream', times: 2 })
      world.sandbox.faults.add({ kind: 'quirk', name: 'expired-page-token', path: ':search', skip: 3 })
      await world.driver.run()
      expect(world.driver.notes).toContain('Google cannot stream a list; it is read page by page')
      expect(world.differences()).toEqual([])
    })
  })

  describe('at meta', () => {
    test('halves its pages where they are too much, and remembers', async () => {
      await using world = await creativesWorld({ platform: 'meta', account: { ads: 40, largestPage: 13 } })
      await world.driver.run()
      expect(world.differences()).toEqual([])
      const refused = world.calls.filter(({ outcome }) => outcome !== 'ok')
      // 50 and 25 creatives; 100, 50 and 25 ads; and again where the pages grow after some good ones.
      expect(refused.length).toBeGreaterThanOrEqual(5)
      expect(refused.length).toBeLessThan(world.calls.length / 2)
    })

    test('lists a creative that no page can hold without its variants', async () => {
      await using world = await creativesWorld({ platform: 'meta' })
      await world.driver.run()
      const feed = [...world.rows('creatives').values()].find(
        (row) => row['text_place'] === 'asset_feed_spec',
      )
      const id = String(feed?.['creative_id'])
      world.account.edit(id, { heavy: true })
      await world.driver.run()
      expect(world.driver.notes).toContain(
        `creative ${id} is too much for the vendor: listed without its variants`,
      )
      expect(world.rows('creatives').get(`meta ${id}`)).toMatchObject({ name: feed?.['name'], bodies: [] })
      expect(world.gone('creatives')).toEqual([])
    })

    test('goes on with the next page after a limit, creatives that are complete left out', async () => {
      await using world = await creativesWorld({ platform: 'meta', account: { largestPage: 4 } })
      world.sandbox.faults.add({ kind: 'quirk', name: 'error 80004 12min', path: '/ads?', skip: 6 })
      await expect(world.driver.run()).rejects.toThrow(RateLimitedError)
      expect(world.driver.stream('creatives').position).toBeNull()
      expect(world.driver.stream('ads').position).toMatchObject({ after: expect.any(String) as string })
      const before = world.driver.pages.length
      await world.driver.run()
      expect(new Set(world.driver.pages.slice(before).map(({ stream }) => stream))).toEqual(new Set(['ads']))
      expect(world.differences()).toEqual([])
    })

    test('starts a listing over whose cursor has expired', async () => {
      await using world = await creativesWorld({ platform: 'meta', account: { largestPage: 4 } })
      await world.driver.run({ pages: 2 })
      world.pass(hours(2))
      await world.driver.run()
      expect(world.driver.pages.some(({ restarts }) => restarts)).toBe(true)
      expect(world.differences()).toEqual([])
    })

    test('keeps an ad whose creative is not listed', async () => {
      await using world = await creativesWorld({ platform: 'meta' })
      await world.driver.run()
      const creatives = new Set([...world.rows('creatives').values()].map((row) => row['creative_id']))
      const lost = [...world.rows('ads').values()].filter((ad) => !creatives.has(ad['creative_id']))
      expect(lost.length).toBeGreaterThan(0)
      expect(lost.every((ad) => typeof ad['creative_id'] === 'string')).toBe(true)
    })

    test('marks deleted and archived ads gone, and only once a listing is complete', async () => {
      await using world = await creativesWorld({ platform: 'meta', account: { largestPage: 4 } })
      await world.driver.run()
      const goneBefore = world.gone('ads').length
      const [one, two] = [...world.rows('ads').values()].map((ad) => String(ad['ad_id']))
      world.account.edit(String(one), { effective_status: 'ARCHIVED' })
      world.account.edit(String(two), { deletedAt: world.now().getTime() })
      world.sandbox.faults.add({ kind: 'quirk', name: 'error 100', path: '/ads?', skip: 6 })
      await expect(world.driver.run()).rejects.toThrow(VendorRequestError)
      expect(world.gone('ads')).toHaveLength(goneBefore)
      await world.driver.run()
      expect(world.gone('ads')).toHaveLength(goneBefore + 2)
      expect(world.differences()).toEqual([])
    })
  })
})

/** Rows without what changes with every answer. */
const lasting = (rows: readonly Row[]): object[] =>
  rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).filter(
        ([name]) =>
          name !== 'preview_url' && creativeColumns[name as keyof typeof creativeColumns]?.volatile !== true,
      ),
    ),
  )

const checked = async (world: CreativesWorld, externalId: string) =>
  check({
    account: { id: '1', clientId: 'client', externalId, timezone: 'America/Chicago', settings: {} },
    secrets: externalId.startsWith('google') ? googleSecrets : metaSecrets,
    http: world.door,
    signal: new AbortController().signal,
    now: world.now(),
  })
