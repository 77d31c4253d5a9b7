import { dealertrend } from '../../jobs/dealertrend/definition'
import { sync } from '../../jobs/dealertrend/sync'
import { startSandbox } from '../../sandbox'
import type { CompanyInput } from '../../sandbox/dealertrend/company-spec'
import { demoOf } from '../../sandbox/dealertrend/demo'
import { days, hours } from '../../src/lib/durations'
import { testDoor } from '../support/door'
import { SyncDriver } from '../support/drive-sync'

const epoch = new Date('2026-03-10T16:00:00Z')

interface Raw extends Record<string, unknown> {
  readonly id: number
  readonly photos: readonly unknown[]
  readonly pagination: { readonly on_page: number; readonly total: number }
}

const setup = async (company: Partial<CompanyInput> = {}) => {
  let now = epoch
  const sandbox = await startSandbox({
    port: 0,
    epoch,
    now: () => now,
    dealertrend: {
      companies: [
        { id: 46, name: 'Sample Motors', vehicles: { New: 24, Used: 11 }, ...company },
        { id: 47, name: 'North', vehicles: { New: 2, Used: 1 } },
        { id: 48, name: 'Nothing', nothing: '404' },
        { id: 49, name: 'Nothing, too' },
        { id: 50, name: 'Locked', token: 'token' },
      ],
      limits: { perSecond: 1000, inFlight: 10 },
    },
  })
  const ask = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(sandbox.baseUrl('dealertrend') + path, { headers })
    const body: unknown = await answer.json()
    return { status: answer.status, body }
  }
  const list = async (query: string) => (await ask(`/46/inventory/vehicles.json?${query}`)).body as Raw[]
  return {
    sandbox,
    vendor: sandbox.vendors.dealertrend,
    ask,
    list,
    status: async (path: string, headers: Record<string, string> = {}) => (await ask(path, headers)).status,
    light: async () => (await ask('/api/companies/46/vehicles.json')).body as Raw[],
    pass: (milliseconds: number) => {
      now = new Date(now.getTime() + milliseconds)
    },
    [Symbol.asyncDispose]: async () => sandbox[Symbol.asyncDispose](),
  }
}

describe('the DealerTrend of the sandbox', () => {
  test('knows its companies, and whom they let in', async () => {
    await using world = await setup()
    expect((await world.ask('/api/companies/46')).body).toMatchObject({ id: 46, name: 'Sample Motors' })
    expect(await world.status('/api/companies/999')).toBe(404)
    expect(await world.status('/999/inventory/vehicles.json')).toBe(404)
    expect(await world.status('/api/companies/50')).toBe(401)
    expect(await world.status('/api/companies/50', { authorization: 'Bearer wrong' })).toBe(403)
    expect(await world.status('/api/companies/50', { authorization: 'Bearer token' })).toBe(200)
    world.vendor.revoke('token')
    expect(await world.status('/api/companies/50', { authorization: 'Bearer token' })).toBe(401)
    world.vendor.restore('token')
    expect(await world.status('/50/inventory/vehicles.json', { authorization: 'Bearer token' })).toBe(200)
  })

  test('answers an empty lot with 404 or with no vehicles', async () => {
    await using world = await setup()
    expect(await world.status('/48/inventory/vehicles.json?saleclass=New')).toBe(404)
    expect(await world.status('/api/companies/48')).toBe(200)
    expect(await world.ask('/49/inventory/vehicles.json')).toEqual({ status: 200, body: [] })
  })

  test('pages through a sale class, the paging in every vehicle', async () => {
    await using world = await setup()
    const pages = [1, 2, 3].map(async (page) => world.list(`saleclass=New&page=${page}`))
    const [first = [], second = [], third = []] = await Promise.all(pages)
    expect([first.length, second.length, third.length]).toEqual([10, 10, 4])
    expect(second[0]?.pagination).toEqual({ on_page: 2, total: 3 })
    expect(new Set([...first, ...second, ...third].map(({ id }) => id)).size).toBe(24)
    expect(await world.list('saleclass=New&page=4')).toEqual([])
    expect((await world.list('saleclass=All&per_page=1'))[0]?.pagination.total).toBe(35)
  })

  test.each(['per_page=51', 'per_page=0', 'page=0', 'saleclass=Old', 'photo_view=2', 'colour=red'])(
    'refuses %s',
    async (query) => {
      await using world = await setup()
      expect(await world.status(`/46/inventory/vehicles.json?${query}`)).toBe(400)
    },
  )

  test('gives photos only where they are asked for, and one vehicle for a VIN', async () => {
    await using world = await setup()
    expect((await world.list('per_page=50')).every(({ photos }) => photos.length === 0)).toBe(true)
    const [vehicle] = await world.list('per_page=50&photo_view=1')
    expect(vehicle?.photos.length).toBeGreaterThan(0)
    const vin = String(vehicle?.['vin'])
    expect((await world.ask(`/46/inventory/vehicles.json?vin=${vin}`)).body).toMatchObject({ vin })
  })

  test('lives by its clock: vehicles come, change, are sold and go', async () => {
    await using world = await setup({ every: hours(6), pricedEvery: hours(5) })
    const idsOf = (vehicles: readonly Raw[]) => vehicles.map(({ id }) => id)
    const before = await world.list('per_page=50')
    const light = await world.light()
    expect(await world.light()).toEqual(light)
    world.pass(days(1))
    const after = await world.list('per_page=50')
    expect(idsOf(after)).toHaveLength(before.length)
    expect(idsOf(after).filter((id) => !idsOf(before).includes(id))).toHaveLength(8)
    expect(await world.light()).not.toEqual(light)
    const truth = [...world.vendor.truth('46').dealertrend_vehicles]
    expect(truth.filter(({ gone }) => gone === true)).toHaveLength(8)
    expect(truth.filter(({ gone }) => gone !== true)).toHaveLength(35)
  })

  test('lists a group’s members under the group, and says whose a vehicle is', async () => {
    await using world = await setup({ members: [47] })
    const vehicles = await world.list('per_page=50')
    const companies = vehicles.map((raw) => (raw['contact_info'] as { company_id?: number }).company_id)
    expect(companies.filter((id) => id === 47)).toHaveLength(3)
    expect((await world.ask('/api/companies/46')).body).toMatchObject({ automall_ids: [47] })
    expect([...world.vendor.truth('46').dealertrend_vehicles]).toHaveLength(38)
  })

  test('takes commands over HTTP', async () => {
    await using world = await setup()
    const control = `${world.sandbox.url}/control/dealertrend`
    const added = await fetch(`${control}/companies/46/vehicles`, {
      method: 'POST',
      body: JSON.stringify({ trim: 'A/B', asking: 5 }),
    })
    const { id } = (await added.json()) as { id: number }
    await fetch(`${control}/companies/46/vehicles/${id}`, { method: 'PATCH', body: '{"asking":7}' })
    const found = async () => (await world.list('per_page=50')).find((raw) => raw.id === id)
    expect(await found()).toMatchObject({ trim: 'A%2FB', prices: { asking_price: 7 } })
    await fetch(`${control}/companies/46/vehicles/${id}`, { method: 'DELETE' })
    expect(await found()).toBeUndefined()
    const truth = (await (await fetch(`${control}/accounts/46/truth`)).json()) as Record<string, unknown[]>
    expect(truth['dealertrend_vehicles']).toHaveLength(36)
  })
})

test('every demo client’s account opens, and its copy is the truth', async () => {
  const limits = { perSecond: 1000, inFlight: 10 }
  await using sandbox = await startSandbox({ port: 0, epoch, now: () => epoch, dealertrend: { limits } })
  const base = sandbox.baseUrl('dealertrend')
  const { door } = testDoor(base)
  await using _ = door
  const { credentials, accounts } = demoOf('sandbox', door.baseUrls)
  const counts: number[] = []
  for (const { credential, external_id: externalId, timezone, settings } of accounts) {
    const { secrets } = credentials.find(({ id }) => id === credential) ?? {}
    const options = { externalId, timezone, secrets, settings, http: door, now: () => epoch }
    const driver = new SyncDriver(dealertrend, sync, options)
    await driver.run()
    const truth = [...sandbox.vendors.dealertrend.truth(externalId).dealertrend_vehicles]
    const keys = truth.map((row) => `${String(row['company_id'])} ${String(row['vehicle_id'])}`)
    expect([...driver.rows.keys()].toSorted()).toEqual(keys.toSorted())
    counts.push(driver.rows.size)
  }
  expect(counts).toHaveLength(12)
  expect(Math.max(...counts)).toBeLessThan(150)
})
