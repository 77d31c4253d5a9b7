import { northwind, order, orders, type Northwind } from './northwind'

describe('records that the vendor has deleted', () => {
  let world: Northwind
  beforeEach(async () => {
    world = await northwind()
  })
  afterEach(() => world.database[Symbol.asyncDispose]())

  const writeGone = (...records: readonly object[]) =>
    world.write(orders, records, world.owner, { gone: true })
  const none = { inserted: 0, updated: 0, unchanged: 0, removed: 0 }

  test('are written, marked gone and counted as removed', async () => {
    await world.write(orders, [order(1), order(2)])

    expect(await writeGone(order(1, { customer: 'Bob' }))).toEqual({ ...none, removed: 1 })
    const [gone, present] = await world.rows(orders)
    expect(gone).toMatchObject({ customer: 'Bob', gone_at: gone?.['last_changed_at'] })
    expect(gone?.['gone_at']).toBeInstanceOf(Date)
    expect(present).toMatchObject({ gone_at: null })
  })

  test('are kept though the table has never held them', async () => {
    expect(await writeGone(order(1), order(2))).toEqual({ ...none, removed: 2 })
    expect((await world.rows(orders)).map((row) => row['gone_at'])).toEqual([
      expect.any(Date),
      expect.any(Date),
    ])
  })

  test('write no row version when they come again', async () => {
    await writeGone(order(1))
    const before = await world.rows(orders)

    expect(await writeGone(order(1))).toEqual({ ...none, unchanged: 1 })
    expect(await world.rows(orders)).toEqual(before)
  })

  test('keep the time at which they went when they change afterwards', async () => {
    await writeGone(order(1))
    const [before] = await world.rows(orders)

    expect(await writeGone(order(1, { customer: 'Bob' }))).toEqual({ ...none, updated: 1 })
    const [after] = await world.rows(orders)
    expect(after).toMatchObject({ customer: 'Bob', gone_at: before?.['gone_at'] })
    expect(after?.['last_changed_at']).not.toEqual(before?.['last_changed_at'])
  })

  test('are there again when an ordinary page has them', async () => {
    await writeGone(order(1))

    expect(await world.write(orders, [order(1)])).toEqual({ ...none, updated: 1 })
    const [row] = await world.rows(orders)
    expect(row).toMatchObject({ gone_at: null })
    expect(row?.['last_changed_at']).not.toEqual(row?.['first_synced_at'])
  })
})
