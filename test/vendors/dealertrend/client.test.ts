import {
  PagingLoopError,
  RateLimitedError,
  VendorAuthError,
  VendorConfigError,
  VendorRequestError,
  VendorResponseError,
  VendorTimeoutError,
  VendorUnavailableError,
} from '../../../src/job/errors'
import { dealertrendAccess, type DealerTrendPlace } from '../../../src/vendors/dealertrend/access'
import { DealerTrendClient, type ListPlace } from '../../../src/vendors/dealertrend/client'
import { aboutHost } from '../../../src/vendors/dealertrend/errors'
import { testDoor } from '../../support/door'
import { cutOff, json, localVendor, plain, reset } from '../../support/local-vendor'

const { signal } = new AbortController()
const vehicle = (id: number, total: unknown = 9) => ({ id, pagination: { on_page: 1, total } })
const missing = json({ error: 'Not found' }, 404)

const setup = async (...answers: Parameters<typeof localVendor>) => {
  const vendor = await localVendor(...answers)
  const { door, waits } = testDoor(vendor.url)
  const clientOf = (place: Partial<DealerTrendPlace> = {}) =>
    new DealerTrendClient(
      door.for(dealertrendAccess({ allow_insecure: false, ...place }, door.baseUrls.dealertrend)),
      '46',
    )
  return {
    vendor,
    waits,
    clientOf,
    client: clientOf(),
    pages: async (from?: ListPlace) => {
      const pages: { ids: unknown[]; next: ListPlace | undefined }[] = []
      for await (const { vehicles, next } of clientOf().vehicles('New', from, signal))
        pages.push({ ids: vehicles.map((found) => (found as { id: unknown }).id), next })
      return pages
    },
    [Symbol.asyncDispose]: async () => {
      await door[Symbol.asyncDispose]()
      await vendor[Symbol.asyncDispose]()
    },
  }
}

describe('DealerTrendClient', () => {
  test('asks for the largest pages of one sale class, with photos, and with a token only where there is one', async () => {
    await using world = await setup(json([]))
    await world.pages()
    expect(world.vendor.seen[0]).toMatchObject({
      url: '/46/inventory/vehicles.json?saleclass=New&per_page=50&page=1&photo_view=1&sort=year_desc',
      headers: {
        'user-agent': 'Syncfleet/1.2.3',
        'accept-encoding': expect.stringContaining('gzip') as string,
      },
    })
    expect(world.vendor.seen[0]?.headers.authorization).toBeUndefined()
    await world.clientOf({ api_token: 'secret' }).lightList(signal)
    expect(world.vendor.seen[1]).toMatchObject({
      url: '/api/companies/46/vehicles.json',
      headers: { authorization: 'Bearer secret' },
    })
  })

  test('reads as many pages as the first one names', async () => {
    await using world = await setup(json([vehicle(1, 2), vehicle(2, 7)]), json([vehicle(3, 8)]), json([]))
    expect(await world.pages()).toEqual([
      { ids: [1, 2], next: { page: 2, total: 2 } },
      { ids: [3], next: undefined },
    ])
    expect(world.vendor.seen).toHaveLength(2)
  })

  test('takes the number of pages from the first vehicle that tells it', async () => {
    await using world = await setup(json([{ id: null }, { id: 1 }, vehicle(2, '1')]))
    expect(await world.pages()).toEqual([{ ids: [null, 1, 2], next: undefined }])
  })

  test.each([
    ['an empty page', json([])],
    ['a page that is not there', missing],
    ['a page with nothing new', json([vehicle(2), vehicle(1)])],
  ])('ends at %s', async (_, last) => {
    await using world = await setup(json([vehicle(1), vehicle(2)]), json([vehicle(2), vehicle(3)]), last)
    expect((await world.pages()).map(({ ids }) => ids)).toEqual([
      [1, 2],
      [2, 3],
    ])
  })

  test('goes on until an empty page where no vehicle names the number of pages', async () => {
    await using world = await setup(json([{ id: 1 }]), json([{ id: 2 }]), json([]))
    expect(await world.pages()).toHaveLength(2)
  })

  test('takes the same id at two companies of a group for two vehicles', async () => {
    const at = (company_id: number) => ({ ...vehicle(1, 2), contact_info: { company_id } })
    await using world = await setup(json([at(47)]), json([at(48)]))
    expect(await world.pages()).toHaveLength(2)
  })

  test('goes on from a saved place', async () => {
    await using world = await setup(json([vehicle(5, 3)]))
    expect(await world.pages({ page: 3, total: 3 })).toEqual([{ ids: [5], next: undefined }])
    expect(world.vendor.seen[0]?.url).toContain('page=3&')
  })

  test('stops after four hundred pages', async () => {
    await using world = await setup(json([vehicle(1, 999)]))
    await expect(world.pages({ page: 400, total: 999 })).rejects.toThrow(PagingLoopError)
    expect(world.vendor.seen).toHaveLength(1)
  })

  test('takes a 404 for an empty list only where the company is there', async () => {
    await using empty = await setup(missing, json({ id: 46, name: 'Sample Motors' }))
    expect(await empty.pages()).toEqual([{ ids: [], next: undefined }])
    expect(empty.vendor.seen.map(({ url }) => url)[1]).toBe('/api/companies/46')
    await using wrong = await setup(missing)
    await expect(wrong.pages()).rejects.toThrow('the host has no company 46: company_id or base_url is wrong')
    await expect(wrong.client.company(signal)).rejects.toThrow(VendorConfigError)
    expect(await wrong.client.lightList(signal)).toBeUndefined()
  })

  test('tells the number of pages by now', async () => {
    await using world = await setup(json([vehicle(1, 4)]), json([]), json([{ id: 1 }]))
    expect(await world.client.pages('New', signal)).toBe(4)
    expect(await world.client.pages('New', signal)).toBe(0)
    expect(await world.client.pages('New', signal)).toBeNull()
  })

  test('lets nothing of a company’s keys through', async () => {
    await using world = await setup(
      json({ id: 46, name: 'S', automall_ids: [1], api_keys: { maps: 'k' }, phone: '1' }),
    )
    expect(await world.client.company(signal)).toEqual({ id: 46, name: 'S', automall_ids: [1] })
  })

  test.each([
    ['status 401', json({ error: 'x' }, 401), VendorAuthError, 1],
    ['status 403', plain('no', 403), VendorAuthError, 1],
    ['status 400', json({}, 400), VendorRequestError, 1],
    ['status 408', plain('', 408), VendorTimeoutError, 3],
    ['status 500', plain('', 500), VendorUnavailableError, 3],
    ['status 502', plain('', 502), VendorUnavailableError, 3],
    ['status 503', plain('', 503), VendorUnavailableError, 3],
    ['status 504', plain('', 504), VendorUnavailableError, 3],
    ['a connection that is reset', reset, VendorUnavailableError, 3],
    ['an answer that is cut off', cutOff, VendorUnavailableError, 3],
    ['a page for browsers', plain('<html>parked</html>'), VendorResponseError, 3],
    ['an answer that is no list', json({ vehicles: [] }), VendorResponseError, 3],
    ['a redirect', json({}, 302, { location: 'https://elsewhere.test/' }), VendorResponseError, 1],
    ['a long wait', json({}, 429, { 'retry-after': '600' }), RateLimitedError, 1],
  ])('%s throws what the sheet says', async (_, answer, error, requests) => {
    await using world = await setup(answer)
    await expect(world.pages()).rejects.toThrow(error)
    expect(world.vendor.seen).toHaveLength(requests)
  })

  test('waits as long as a refusal says, else five seconds', async () => {
    await using world = await setup(json({}, 429, { 'retry-after': '3' }), json({}, 503), json([]))
    await world.pages()
    expect(world.waits[0]).toBe(3000)
    expect(world.vendor.seen).toHaveLength(3)
    await using silent = await setup(json({}, 429), json([]))
    await silent.pages()
    expect(silent.waits[0]).toBe(5000)
  })

  test.each([
    ['ENOTFOUND', VendorConfigError],
    ['CERT_HAS_EXPIRED', VendorConfigError],
    ['ERR_TLS_CERT_ALTNAME_INVALID', VendorConfigError],
    ['EAI_AGAIN', VendorUnavailableError],
    ['ECONNREFUSED', VendorUnavailableError],
  ])('takes %s for what it is', (code, error) => {
    const cause = Object.assign(new Error('no connection'), { code })
    expect(aboutHost(new VendorUnavailableError('the connection failed', { cause }))).toBeInstanceOf(error)
  })

  test('blames the account for a host without TLS', async () => {
    await using world = await setup(json([]))
    const insecure = world.clientOf({ base_url: world.vendor.url.replace('http:', 'https:') })
    await expect(insecure.company(signal)).rejects.toThrow(VendorConfigError)
  })
})

describe('dealertrendAccess', () => {
  const usual = 'https://api.vendor.test'
  const keyOf = (place: Partial<DealerTrendPlace>) =>
    dealertrendAccess({ allow_insecure: false, ...place }, usual).bucket?.key

  test('counts by host, whoever asks and however it is named', () => {
    expect(keyOf({ api_token: 'x' })).toBe(keyOf({}))
    expect(keyOf({ base_url: 'https://api.vendor.test/vms' })).toBe(keyOf({}))
    expect(keyOf({ base_url: 'https://other.vendor.test' })).not.toBe(keyOf({}))
  })

  test('speaks plain http only where the account allows it', () => {
    const base_url = 'http://other.vendor.test'
    expect(dealertrendAccess({ base_url, allow_insecure: true }, usual).allowsPlainHttp).toBe(true)
    const { door } = testDoor('https://api.vendor.test', { trustsPlainHttpSettings: false })
    const access = dealertrendAccess({ base_url, allow_insecure: false }, usual)
    expect(() => door.for(access)).toThrow(VendorConfigError)
  })
})
