import { ShrinkGuardError } from '../../src/job/errors'
import { completeListing } from '../../src/sink/complete-listing'
import type { Owner } from '../../src/sink/target'
import { guarded, northwind, vehicle, vehicleRange, vehicles, type Northwind } from './northwind'

describe('completeListing', () => {
  let world: Northwind
  beforeEach(async () => {
    world = await northwind()
  })
  afterEach(() => world.database[Symbol.asyncDispose]())

  /** One whole sync: it lists these, and says that this is all. */
  const list = async (records: readonly unknown[], stream = vehicles, as?: Owner) => {
    const owner = await world.nextSync(as)
    await world.write(stream, records, owner)
    return world.database.transaction((sql) => completeListing(sql, world.targetOf(stream), owner))
  }
  const gone = async () =>
    (await world.rows(vehicles)).filter((row) => row['gone_at'] !== null).map((row) => row['vin'])
  const twice = guarded({ confirmations: 2 })

  test('marks gone what a complete listing lacks, once', async () => {
    await list(vehicleRange(10, 19))

    expect(await list(vehicleRange(10, 17))).toEqual({ removed: 2 })
    expect(await gone()).toEqual(['18', '19'])
    expect(await list(vehicleRange(10, 17))).toEqual({ removed: 0 })
    expect(await world.countIn('seen_records')).toBe(0)
    expect(await world.countIn('missing_records')).toBe(0)
  })

  test('says by last_changed_at that a row is gone', async () => {
    await list([vehicle(1), vehicle(2)])
    await list([vehicle(1)])

    const [present, absent] = await world.rows(vehicles)
    expect(absent?.['last_changed_at']).toEqual(absent?.['gone_at'])
    expect(present?.['last_changed_at']).not.toEqual(absent?.['gone_at'])
  })

  test('waits for as many complete listings in a row as the stream wants', async () => {
    await list(vehicleRange(10, 19))

    expect(await list(vehicleRange(10, 18), twice)).toEqual({ removed: 0 })
    expect(await list(vehicleRange(10, 17), twice)).toEqual({ removed: 1 })
    expect(await gone()).toEqual(['19'])
    expect(await list(vehicleRange(10, 17), twice)).toEqual({ removed: 1 })
  })

  test('forgets that a row was missing as soon as it is seen, though that listing never completes', async () => {
    await list(vehicleRange(10, 19))
    await list(vehicleRange(10, 18), twice)
    await world.write(twice, [vehicle(19)], await world.nextSync())

    expect(await list(vehicleRange(10, 18), twice)).toEqual({ removed: 0 })
    expect(await list(vehicleRange(10, 18), twice)).toEqual({ removed: 1 })
  })

  test('lets a row come back', async () => {
    await list(vehicleRange(10, 19))
    await list(vehicleRange(10, 18))
    await list(vehicleRange(10, 19))

    expect(await gone()).toEqual([])
  })

  test('believes no listing that lacks more than its share, and changes nothing then', async () => {
    await list(vehicleRange(10, 29))
    await list(vehicleRange(10, 23))

    const refused = list(vehicleRange(10, 18))
    await expect(refused).rejects.toThrow(ShrinkGuardError)
    await expect(refused).rejects.toThrow(
      'northwind_vehicles: a complete listing lacks 5 of 14 rows, more than the 4 that are believed at once',
    )
    expect(await gone()).toHaveLength(6)
    expect(await world.countIn('missing_records')).toBe(0)
  })

  test('judges the first listing that lacks too much, not the one that confirms it', async () => {
    await list(vehicleRange(10, 29))

    await expect(list([], twice)).rejects.toThrow('lacks 20 of 20 rows')
    await list(vehicleRange(10, 24), twice)
    expect(await list(vehicleRange(10, 19), twice)).toEqual({ removed: 5 })
  })

  test('lets up to three rows go whatever their share', async () => {
    await list([vehicle(1), vehicle(2), vehicle(3)])

    expect(await list([vehicle(1)])).toEqual({ removed: 2 })
    expect(await list([])).toEqual({ removed: 1 })
    await list(vehicleRange(10, 13))
    await expect(list([])).rejects.toThrow('lacks 4 of 4 rows, more than the 3')
  })

  test('keeps accounts apart', async () => {
    const other = await world.anotherAccount()
    await list([vehicle(1), vehicle(2)])
    await list([vehicle(1)], vehicles, other)

    expect(await gone()).toEqual([])
  })

  test('files what is missing under the mode it ran in', async () => {
    const shadow: Owner = { ...world.owner, mode: 'shadow' }
    await list(vehicleRange(10, 19))
    await list(vehicleRange(10, 18), twice, shadow)

    const { rows } = await world.database.query('select mode, key, listings from missing_records')
    expect(rows).toEqual([{ mode: 'shadow', key: ['19'], listings: 1 }])
    expect(await list(vehicleRange(10, 18), twice)).toEqual({ removed: 0 })
  })
})
