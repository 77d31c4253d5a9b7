import {
  PagingLoopError,
  PositionRefusedError,
  VendorRequestError,
  VendorResponseError,
} from '../../../src/job/errors'
import { ctmAccess } from '../../../src/vendors/ctm/access'
import { CtmClient, type CtmCallsPage } from '../../../src/vendors/ctm/client'
import { testDoor } from '../../support/door'
import { json, localVendor } from '../../support/local-vendor'

const secrets = { access_key: 'akey', secret_key: 'skey' }
const window = { from: '2026-03-01', to: '2026-03-02' }
const { signal } = new AbortController()
const link = (after: string) => `https://api.vendor.test/api/v1/other/path?per_page=150&after=${after}`

const setup = async (...answers: Parameters<typeof localVendor>) => {
  const vendor = await localVendor(...answers)
  const { door } = testDoor(`${vendor.url}/api/v1`)
  const client = new CtmClient(door.for(ctmAccess(secrets)))
  return {
    vendor,
    client,
    pages: async (from: Parameters<CtmClient['calls']>[1] = window) => {
      const pages: CtmCallsPage[] = []
      for await (const page of client.calls('40771', from, signal)) pages.push(page)
      return pages
    },
    [Symbol.asyncDispose]: async () => {
      await door[Symbol.asyncDispose]()
      await vendor[Symbol.asyncDispose]()
    },
  }
}

describe('CtmClient', () => {
  test('asks for whole days in the largest pages, as the key’s owner', async () => {
    await using world = await setup(json({ calls: [] }))
    await world.pages()
    expect(world.vendor.seen[0]).toMatchObject({
      url: '/api/v1/accounts/40771/calls.json?start_date=2026-03-01&end_date=2026-03-02&per_page=150',
      headers: {
        authorization: `Basic ${Buffer.from('akey:skey').toString('base64')}`,
        'content-type': 'application/json',
        accept: 'application/json',
      },
    })
  })

  test('takes from a link its query and nothing else', async () => {
    await using world = await setup(
      json({ calls: [{ id: 1 }], next_page: link('A') }),
      json({ calls: [{ id: 2 }], next_page: link('B') }),
      json({ calls: [{ id: 3 }], next_page: null }),
    )
    expect(await world.pages()).toEqual([
      { calls: [{ id: 1 }], next: { query: 'per_page=150&after=A', pages: 1 } },
      { calls: [{ id: 2 }], next: { query: 'per_page=150&after=B', pages: 2 } },
      { calls: [{ id: 3 }], next: undefined },
    ])
    expect(world.vendor.seen[2]?.url).toBe('/api/v1/accounts/40771/calls.json?per_page=150&after=B')
  })

  test.each([
    ['there is no next page', { calls: [{ id: 1 }] }],
    ['the next page is empty text', { calls: [{ id: 1 }], next_page: '' }],
    ['a page is empty, whatever it links to', { calls: [], next_page: link('A') }],
    ['totals promise more', { calls: [{ id: 1 }], next_page: null, total_pages: 9, total_entries: 999 }],
  ])('stops where %s', async (_, answer) => {
    await using world = await setup(json(answer))
    expect(await world.pages()).toHaveLength(1)
    expect(world.vendor.seen).toHaveLength(1)
  })

  test('goes on from a saved position', async () => {
    await using world = await setup(json({ calls: [{ id: 3 }] }))
    await world.pages({ query: 'per_page=150&after=B', pages: 2 })
    expect(world.vendor.seen[0]?.url).toBe('/api/v1/accounts/40771/calls.json?per_page=150&after=B')
  })

  test('stops at a page that leads back to one that was read', async () => {
    await using world = await setup(
      json({ calls: [{ id: 1 }], next_page: link('A') }),
      json({ calls: [{ id: 2 }], next_page: link('B') }),
      json({ calls: [{ id: 3 }], next_page: link('A') }),
    )
    await expect(world.pages()).rejects.toThrow(PagingLoopError)
    expect(world.vendor.seen).toHaveLength(3)
  })

  test('stops after two thousand pages, counted from the window’s first', async () => {
    await using world = await setup(json({ calls: [{ id: 1 }], next_page: link('A') }))
    await expect(world.pages({ query: 'after=Z', pages: 1999 })).rejects.toThrow(/more than 2000 pages/)
  })

  test.each([400, 422])('says that a position was refused where its query gets status %i', async (status) => {
    await using world = await setup(json({ error: 'after is invalid' }, status))
    await expect(world.pages({ query: 'after=Z', pages: 1 })).rejects.toThrow(PositionRefusedError)
    await expect(world.pages()).rejects.toThrow(VendorRequestError)
  })

  test.each([
    ['no calls', { page: 1 }],
    ['calls that are no list', { calls: { 1: {} } }],
    ['a link that is no text', { calls: [{}], next_page: 7 }],
    ['a link without a query', { calls: [{}], next_page: 'https://api.vendor.test/x' }],
  ])('blames the vendor for %s', async (_, answer) => {
    await using world = await setup(json(answer))
    await expect(world.pages()).rejects.toThrow(VendorResponseError)
  })

  test('hands on calls as they are, odd ones too', async () => {
    await using world = await setup(json({ calls: [null, 'x', { id: 'y' }] }))
    expect(await world.pages()).toEqual([{ calls: [null, 'x', { id: 'y' }], next: undefined }])
  })

  test('lists accounts page by page and reads one', async () => {
    await using world = await setup(
      json({ accounts: [{ id: 1, name: 'One' }], next_page: link('A') }),
      json({ accounts: [{ id: 2 }] }),
      json({ id: 2, name: 'Two' }),
    )
    const ids: unknown[] = []
    for await (const accounts of world.client.accounts(signal)) ids.push(...accounts.map(({ id }) => id))
    expect(ids).toEqual([1, 2])
    expect(world.vendor.seen[0]?.url).toBe('/api/v1/accounts.json?page=1&per_page=150')
    expect(await world.client.account('2', signal)).toMatchObject({ name: 'Two' })
    expect(world.vendor.seen[2]?.url).toBe('/api/v1/accounts/2.json')
  })
})

describe('ctmAccess', () => {
  test('shares one bucket among all accounts of a key, without showing the key', () => {
    const { bucket } = ctmAccess(secrets)
    expect(bucket).toEqual(ctmAccess({ ...secrets, secret_key: 'other' }).bucket)
    expect(bucket?.key).not.toEqual(ctmAccess({ ...secrets, access_key: 'other' }).bucket?.key)
    expect(bucket).toMatchObject({ perSecond: 5, inFlight: 2 })
    expect(bucket?.key).not.toContain('akey')
  })
})
