import { PagingLoopError, VendorConfigError, VendorUnavailableError } from '../../src/job/errors'
import { days, hours } from '../../src/lib/durations'
import { dealertrendWorld as setup } from '../support/dealertrend-world'

const lists = (asked: readonly string[]) => asked.filter((path) => path.includes('/inventory/'))

describe('dealertrend', () => {
  describe('a listing', () => {
    test('copies every vehicle of both sale classes', async () => {
      await using world = await setup()
      const asked = await world.run()
      expect(world.differences()).toEqual([])
      expect(world.driver.rows.size).toBe(37)
      expect(world.driver.rejected).toEqual([])
      expect(world.driver.notes).toEqual(['New: 25 vehicles', 'Used: 12 vehicles'])
      // The light list, three pages and two, and the first one of each class again.
      expect(asked).toHaveLength(8)
      expect(asked[0]).toBe('/api/companies/46/vehicles.json?')
      expect(asked[1]).toBe(
        '/46/inventory/vehicles.json?saleclass=New&per_page=50&page=1&photo_view=1&sort=year_desc',
      )
      expect(world.driver.position).toBeNull()
      expect(world.driver.cursor).toMatchObject({ listings: 1, listed_at: '2026-03-10T16:00:00.000Z' })
    })

    test('is of the sale classes that the account’s settings name', async () => {
      await using world = await setup({ settings: { sale_classes: ['Used'] } })
      const asked = await world.run()
      expect(world.driver.rows.size).toBe(12)
      expect(lists(asked).every((path) => path.includes('saleclass=Used'))).toBe(true)
    })

    test('goes on at the page at which it was cut off, whichever that is', async () => {
      for (let cut = 1; cut <= 5; cut += 1) {
        await using world = await setup()
        await world.driver.run({ pages: cut })
        const asked = await world.run()
        expect({ cut, differences: world.differences() }).toEqual({ cut, differences: [] })
        // The pages that are left, and the first one of each class again.
        expect(lists(asked)).toHaveLength(5 - cut + 2)
      }
    })

    test('starts over where the settings name other sale classes than the listing that was cut off', async () => {
      await using world = await setup({ settings: { sale_classes: ['Used', 'New'] } })
      await world.driver.run({ pages: 1 })
      world.driver.position = { ...(world.driver.position as object), sale_classes: ['New'] }
      const before = world.driver.pages.length
      await world.run()
      expect(world.driver.pages[before]).toMatchObject({ restarts: true })
      expect(world.differences()).toEqual([])
    })
  })

  describe('a list that moves', () => {
    test('is read again where its number of pages has changed', async () => {
      await using world = await setup()
      world.sandbox.faults.add({ kind: 'quirk', name: 'moved', path: 'saleclass=New&per_page=50&page=1&' })
      const asked = await world.run()
      expect(world.differences()).toEqual([])
      expect(world.driver.pages.filter(({ restarts }) => restarts)).toHaveLength(1)
      expect(lists(asked).length).toBeGreaterThan(7)
    })

    test('is left for a later attempt where it changes again', async () => {
      await using world = await setup()
      const path = 'saleclass=Used&per_page=50&page=1&'
      world.sandbox.faults.add({ kind: 'quirk', name: 'moved', path })
      world.sandbox.faults.add({ kind: 'quirk', name: 'moved', path, skip: 1 })
      await expect(world.driver.run()).rejects.toThrow(VendorUnavailableError)
      expect(world.driver.cursor).toBeNull()
      expect(world.driver.position).toBeNull()
      await world.run()
      expect(world.differences()).toEqual([])
    })

    test('is read again where a page repeats the one before', async () => {
      await using world = await setup()
      world.sandbox.faults.add({ kind: 'quirk', name: 'repeat', path: 'page=2&' })
      await world.run()
      expect(world.differences()).toEqual([])
      expect(world.driver.notes).toContain(
        'the list has moved while it was read, or ended too early: it is read again',
      )
    })

    test('is believed where it always ends before the page that it promises', async () => {
      await using world = await setup({ settings: { sale_classes: ['Used'] } })
      world.sandbox.faults.add({ kind: 'quirk', name: 'moved', path: 'page=1&', times: 1000 })
      await world.run()
      expect(world.driver.rows.size).toBe(12)
      expect(world.driver.cursor).toMatchObject({ listings: 1 })
    })

    test('that has no end is left', async () => {
      await using world = await setup()
      world.sandbox.faults.add({ kind: 'quirk', name: 'endless', path: '/inventory/', times: 1000 })
      await expect(world.driver.run()).rejects.toThrow(PagingLoopError)
    })
  })

  describe('nothing listed', () => {
    test.each(['404', 'empty array'] as const)('as %s is a listing of no vehicles', async (nothing) => {
      await using world = await setup({ company: { vehicles: { New: 0, Used: 0 }, nothing } })
      const asked = await world.run()
      expect(world.driver.rows.size).toBe(0)
      expect(world.driver.pages.at(-1)).toMatchObject({ completes: 'listing' })
      expect(asked.includes('/api/companies/46?')).toBe(nothing === '404')
    })

    test('marks what was held gone', async () => {
      await using world = await setup({ company: { vehicles: { New: 0, Used: 2 }, nothing: '404' } })
      await world.run()
      for (const { id } of world.vendor.vehicles(46)) world.vendor.removeVehicle(46, id)
      await world.run()
      expect([...world.driver.rows.values()].map(({ gone }) => gone)).toEqual([true, true])
    })

    test('under a wrong id parks the account, and the message names the id', async () => {
      await using world = await setup({ account: '999' })
      await expect(world.driver.run()).rejects.toThrow(VendorConfigError)
      await expect(world.driver.run()).rejects.toThrow('the host has no company 999')
    })
  })

  describe('the light list', () => {
    test('saves a third listing while it is what it was, and no second one', async () => {
      await using world = await setup()
      expect(lists(await world.run())).toHaveLength(7)
      world.pass(hours(6))
      expect(lists(await world.run())).toHaveLength(7)
      expect(world.driver.cursor).toMatchObject({ listings: 2 })
      world.pass(hours(6))
      const held = world.driver.cursor
      expect(await world.run()).toEqual(['/api/companies/46/vehicles.json?'])
      expect(world.driver.notes.at(-1)).toMatch(/^the light list is what it was/)
      expect(world.driver.cursor).toEqual(held)
    })

    test('asks for a listing again when a vehicle has come, changed or gone', async () => {
      await using world = await setup()
      const changes = [
        () => void world.vendor.addVehicle(46, {}),
        () => world.vendor.editVehicle(46, world.vendor.vehicles(46)[0]?.id ?? 0, { asking: 12_345 }),
        () => world.vendor.removeVehicle(46, world.vendor.vehicles(46)[0]?.id ?? 0),
      ]
      await world.run()
      await world.run()
      for (const change of changes) {
        expect(lists(await world.run())).toEqual([])
        world.pass(hours(1))
        change()
        expect(lists(await world.run())).not.toEqual([])
        expect(lists(await world.run())).not.toEqual([])
        expect(world.differences()).toEqual([])
      }
    })

    test('is not believed for longer than a day', async () => {
      await using world = await setup()
      await world.run()
      await world.run()
      world.pass(days(1))
      expect(lists(await world.run())).toHaveLength(7)
    })

    test('that a host does not offer means a listing every time', async () => {
      await using world = await setup({ company: { lightList: false } })
      for (let time = 0; time < 3; time += 1) expect(lists(await world.run())).toHaveLength(7)
      expect(world.driver.cursor).toMatchObject({ digest: null, listings: 1 })
    })

    test('is not asked for by an attempt that goes on with a listing', async () => {
      await using world = await setup()
      await world.driver.run({ pages: 2 })
      expect(lists(await world.run())).toHaveLength(5)
      expect(world.asked.filter((path) => path.startsWith('/api/'))).toHaveLength(1)
    })
  })

  test('a group’s list keeps each vehicle under the member that has it', async () => {
    const house = { vehicles: { New: 4, Used: 3 } }
    await using world = await setup({
      company: { members: [47, 48] },
      others: [
        { id: 47, name: 'North', ...house },
        { id: 48, name: 'South', ...house },
      ],
    })
    await world.run()
    expect(world.differences()).toEqual([])
    const companies = [...world.driver.rows.values()].map((row) => String(row['company_id']))
    expect(companies.filter((id) => id === '46')).toHaveLength(37)
    expect(companies.filter((id) => id === '47')).toHaveLength(7)
    expect(companies.filter((id) => id === '48')).toHaveLength(7)
  })

  test('a day of life later the copy is the truth again', async () => {
    await using world = await setup({ company: { every: hours(5), pricedEvery: hours(3) } })
    await world.run()
    for (let step = 0; step < 4; step += 1) {
      world.pass(hours(7))
      await world.run()
      expect({ step, differences: world.differences() }).toEqual({ step, differences: [] })
    }
    expect([...world.driver.rows.values()].some((row) => row['sold_on'] !== null)).toBe(true)
  })

  test('an own host is asked in plain http only where that is allowed', async () => {
    await using world = await setup()
    const base_url = world.sandbox.baseUrl('dealertrend')
    await using other = await setup({ settings: { base_url, allow_insecure: true } })
    await other.driver.run()
    expect(other.driver.rows.size).toBe(37)
    expect(world.asked).toHaveLength(8)
    expect(other.asked).toEqual([])
  })
})
