import * as column from '../../src/job/columns'
import { upsertStream } from '../../src/job/streams'
import { adDay, adDays, northwind, order, orders, vehicle, vehicles, type Northwind } from './northwind'

describe('writePage', () => {
  let world: Northwind
  beforeEach(async () => {
    world = await northwind()
  })
  afterEach(() => world.database[Symbol.asyncDispose]())

  test('writes every type of column as it was given', async () => {
    await world.write(orders, [
      order('9223372036854775807', { customer: 'Zoë "the \\ one", {NULL}\n' }),
      order(2),
    ])

    const [second, first] = await world.rows(orders)
    expect(first).toMatchObject({
      client_id: 'acme',
      account_id: world.owner.accountId,
      order_id: '9223372036854775807',
      customer: 'Zoë "the \\ one", {NULL}\n',
      placed_at: new Date('2026-03-08T07:30:00Z'),
      total: '10.5',
      lines: 2,
      paid: true,
      tags: ['a', 'b'],
      raw: { a: [null, 'x'], b: 1 },
      gone_at: null,
    })
    expect(second?.['order_id']).toBe('2')
    expect(first?.['row_hash']).toHaveLength(16)
  })

  test.each([
    ['one row', 1],
    ['more rows than one statement carries', 4_500],
  ])('writes nulls and empty values in a page of %s', async (_, count) => {
    const empty = { customer: '', total: null, lines: null, paid: null, tags: [], raw: null }
    const written = await world.write(
      orders,
      Array.from({ length: count }, (__, id) => order(id, empty)),
    )

    expect(written).toEqual({ inserted: count, updated: 0, unchanged: 0, removed: 0 })
    const rows = await world.rows(orders)
    expect(rows).toHaveLength(count)
    expect(rows[0]).toMatchObject(empty)
  })

  test('takes a page without records', async () => {
    expect(await world.write(orders, [])).toEqual({ inserted: 0, updated: 0, unchanged: 0, removed: 0 })
  })

  test('counts inserted, updated and unchanged, and writes no row version for the unchanged', async () => {
    await world.write(orders, [order(1), order(2)])
    const [before] = await world.rows(orders)
    const written = await world.write(orders, [order(1), order(2, { customer: 'Bob' }), order(3)])

    expect(written).toEqual({ inserted: 1, updated: 1, unchanged: 1, removed: 0 })
    const [after, changed] = await world.rows(orders)
    expect(after).toEqual(before)
    expect(changed).toMatchObject({ customer: 'Bob', first_synced_at: before?.['first_synced_at'] })
    expect(changed?.['last_changed_at']).not.toEqual(before?.['last_changed_at'])
  })

  test('takes equal values for unchanged, however the vendor writes and orders them', async () => {
    await world.write(orders, [order(1)])
    const { raw: _, ...rest } = order('01', {
      placed_at: new Date('2026-03-08T07:30:00Z'),
      total: 10.5,
      unknown: 'dropped',
    })

    expect(await world.write(orders, [{ raw: { a: [null, 'x'], b: 1 }, ...rest }])).toMatchObject({
      unchanged: 1,
    })
  })

  test('lets the last of equal keys win, however they are written', async () => {
    const written = await world.write(orders, [
      order(1, { customer: 'first' }),
      order('1'),
      order('001', { customer: 'last' }),
    ])

    expect(written).toEqual({ inserted: 1, updated: 0, unchanged: 0, removed: 0 })
    expect(await world.rows(orders)).toMatchObject([{ customer: 'last' }])
    await world.write(adDays, [adDay('2026-01-01'), adDay('2026-01-01', 'ad 1', { rate: 1.5, spend: 4 })])
    expect(await world.rows(adDays)).toMatchObject([{ spend: '4' }])
  })

  test('brings back a row that was marked gone, and counts it as updated', async () => {
    await world.write(vehicles, [vehicle('a')])
    await world.database.query('update northwind_vehicles set gone_at = now()')

    expect(await world.write(vehicles, [vehicle('a')])).toEqual({
      inserted: 0,
      updated: 1,
      unchanged: 0,
      removed: 0,
    })
    expect(await world.rows(vehicles)).toMatchObject([{ gone_at: null }])
  })

  test('keeps accounts apart', async () => {
    const other = await world.anotherAccount()
    await world.write(orders, [order(1)])

    expect(await world.write(orders, [order(1, { customer: 'Bob' })], other)).toMatchObject({ inserted: 1 })
    expect(await world.rows(orders)).toMatchObject([{ customer: 'Ada' }, { customer: 'Bob' }])
  })

  test('keeps what was seen of windows and listings once, and nothing of upserts', async () => {
    await world.write(orders, [order(1)])
    await world.write(adDays, [adDay('2026-01-01')])
    await world.write(adDays, [adDay('2026-01-01')])
    await world.write(vehicles, [vehicle('a')])

    const { rows } = await world.database.query('select stream, key from seen_records order by stream')
    expect(rows).toEqual([
      { stream: 'northwind_ad_days', key: ['2026-01-01', 'ad 1', 1.5, '2026-01-01T00:00:00'] },
      { stream: 'northwind_vehicles', key: ['a'] },
    ])
  })

  test('leaves rows alone when a column is added at the end and a row has no value for it', async () => {
    await world.write(vehicles, [vehicle('a')])
    const wider = { ...vehicles, columns: { ...vehicles.columns, note: column.nullable(column.text()) } }
    await world.database.query('alter table northwind_vehicles add note text')

    expect(await world.write(wider, [vehicle('a')])).toMatchObject({ unchanged: 1 })
    expect(await world.write(wider, [{ ...vehicle('a'), note: 'x' }])).toMatchObject({ updated: 1 })
  })

  test('quotes names that are words of SQL', async () => {
    const words = upsertStream({
      table: 'select',
      key: ['order'],
      overlap: 0,
      columns: { order: column.text(), table: column.nullable(column.text()), held: column.integer() },
    })
    const { write, database } = await northwind([words])
    await using _ = database

    expect(await write(words, [{ order: 'a', table: null, held: 1 }])).toMatchObject({ inserted: 1 })
    expect(await write(words, [{ order: 'a', table: 'b', held: 1 }])).toMatchObject({ updated: 1 })
    const { rows } = await database.query('select "order", "table", held from "select"')
    expect(rows).toEqual([{ order: 'a', table: 'b', held: 1 }])
  })
})
