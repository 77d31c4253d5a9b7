import { checkRecords } from '../../src/sink/check-records'
import { completeListing } from '../../src/sink/complete-listing'
import { setAside } from '../../src/sink/rejected-records'
import { writePage } from '../../src/sink/write-page'
import { northwind, order, orders, vehicle, vehicles, type Northwind } from './northwind'

describe('setAside', () => {
  let world: Northwind
  beforeEach(async () => {
    world = await northwind()
  })
  afterEach(() => world.database[Symbol.asyncDispose]())

  const aside = (records: readonly unknown[], owner = world.owner) =>
    setAside(
      world.database,
      { ...owner, job: 'northwind', stream: 'orders' },
      checkRecords(orders, records).rejected,
    )
  const filed = async () =>
    (
      await world.database.query<Record<string, unknown>>(
        'select *, first_seen_at < last_seen_at as later from rejected_records order by id',
      )
    ).rows

  test('files a record with its reason, its redacted copy and where it came from', async () => {
    expect(await aside([order(1, { lines: 'three' })])).toBe(1)

    expect(await filed()).toMatchObject([
      {
        account_id: world.owner.accountId,
        job: 'northwind',
        stream: 'orders',
        mode: 'live',
        reason: 'lines: expected a whole number of at most 32 bits, got text of 5 characters',
        record: { order_id: '1', customer: 'Ada', lines: '<text of 5 characters>' },
        times: 1,
        first_sync_id: world.owner.syncId,
      },
    ])
  })

  test('counts a record that is refused again instead of filing it twice', async () => {
    const bad = order(1, { lines: 'three' })
    expect(await aside([bad, bad, order(2, { lines: 'three' })])).toBe(3)
    const next = await world.nextSync()
    expect(await aside([bad], next)).toBe(1)

    expect(await filed()).toMatchObject([
      { times: 3, first_sync_id: world.owner.syncId, last_sync_id: next.syncId, later: true },
      { times: 1, last_sync_id: world.owner.syncId, later: false },
    ])
  })

  test('has nothing to do without rejected records', async () => {
    expect(await aside([order(1)])).toBe(0)
  })
})

describe('a rejected record with a good key', () => {
  test('is still there, so its row does not go', async () => {
    const { database, owner, write, targetOf, nextSync, rows } = await northwind()
    await using _ = database
    await write(vehicles, [vehicle('a'), vehicle('b')])
    const next = await nextSync(owner)
    const { good, rejectedKeys } = checkRecords(vehicles, [
      vehicle('a'),
      { vin: 'b', price: 'much' },
      { vin: 7, price: 'much' },
    ])
    await database.transaction((sql) => writePage(sql, targetOf(vehicles), next, good, { rejectedKeys }))

    expect(rejectedKeys).toEqual([{ vin: 'b' }])
    expect(await database.transaction((sql) => completeListing(sql, targetOf(vehicles), next))).toEqual({
      removed: 0,
    })
    expect(await rows(vehicles)).toMatchObject([{ price: '100' }, { price: '100' }])
  })
})
