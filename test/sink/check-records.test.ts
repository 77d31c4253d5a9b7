import type { Stream } from '../../src/job/streams'
import { checkRecords } from '../../src/sink/check-records'
import { adDay, adDays, order, orders, vehicle, vehicles } from './northwind'

const refusal = (record: unknown, stream: Stream = orders) => checkRecords(stream, [record]).rejected[0]

describe('checkRecords', () => {
  test('gives every column in order and canonical form, and drops unknown fields', () => {
    const { good, rejected } = checkRecords(orders, [{ unknown: 1, ...order('007', { customer: 'A\0' }) }])

    expect(rejected).toEqual([])
    expect(JSON.stringify(good)).toBe(
      '[{"order_id":"7","customer":"A\uFFFD","placed_at":"2026-03-08T07:30:00.000Z","total":"10.5","lines":2,' +
        '"paid":true,"tags":["a","b"],"raw":{"a":[null,"x"],"b":1}}]',
    )
  })

  test('makes a nullable column null where a record lacks it', () => {
    const { good } = checkRecords(vehicles, [{ vin: 'a' }, { vin: 'b', price: undefined }, vehicle('c')])

    expect(good).toEqual([
      { vin: 'a', price: null },
      { vin: 'b', price: null },
      { vin: 'c', price: '100' },
    ])
  })

  test('tells the good from the bad without losing either', () => {
    const checked = checkRecords(orders, [order(1), order('one'), order(3)])

    expect(checked.good.map((row) => row['order_id'])).toEqual(['1', '3'])
    expect(checked.rejected).toHaveLength(1)
  })

  test('says of every wrong column what it wants and what it got, never the value', () => {
    const rejected = refusal(
      order('555-0100-secret', {
        customer: undefined,
        placed_at: 17,
        tags: ['a', null],
        raw: null,
        paid: 'yes',
      }),
    )

    expect(rejected?.reason.split('; ')).toEqual([
      'order_id: expected a whole number of at most 64 bits, as text beyond 2^53, got text of 15 characters',
      'customer: expected text, got nothing',
      'placed_at: expected an instant with its offset, of the years 1 to 9999, got a whole number',
      'paid: expected true or false, got text of 3 characters',
      'tags: expected a list of texts, got a list of 2',
    ])
    expect(rejected?.record).toEqual({
      order_id: '<text of 15 characters>',
      customer: '<nothing>',
      placed_at: '<a whole number>',
      total: '10.5',
      lines: 2,
      paid: '<text of 3 characters>',
      tags: '<a list of 2>',
      raw: null,
    })
    expect(JSON.stringify(rejected)).not.toContain('secret')
  })

  test.each([
    ['null', null, 'got null'],
    ['a list', [1, 2], 'got a list of 2'],
    ['text', 'gone', 'got text of 4 characters'],
    ['nothing', undefined, 'got nothing'],
  ])('refuses %s for a record', (_, record, reason) => {
    expect(refusal(record)?.reason).toBe(`expected a record, ${reason}`)
  })

  test('refuses a key too long for an index, counting bytes over all of its texts', () => {
    expect(refusal(vehicle('é'.repeat(1000)), vehicles)).toBeUndefined()
    expect(refusal(vehicle('é'.repeat(1001)), vehicles)).toMatchObject({
      reason: 'vin: expected a key of at most 2000 bytes, got text of 1001 characters',
      record: { vin: '<text of 1001 characters>', price: '100' },
    })
    expect(refusal(adDay('2026-01-01', 'x'.repeat(1990)), adDays)?.reason).toContain(
      'ad: expected a key of at most 2000 bytes, got text of 1990 characters',
    )
  })

  test('knows a refused record again by its fingerprint', () => {
    const { price: _, ...vin } = vehicle('a')
    const [first, again, other] = checkRecords(vehicles, [
      { ...vin, price: 'much' },
      { price: 'more', ...vin },
      { vin: 'b', price: 'much' },
    ]).rejected

    expect(first?.fingerprint).toHaveLength(32)
    expect(again?.fingerprint).toEqual(first?.fingerprint)
    expect(other?.fingerprint).not.toEqual(first?.fingerprint)
  })

  test('hands out the keys of refused records that have a good one', () => {
    const { rejectedKeys } = checkRecords(adDays, [
      adDay('2026-01-01', 'ad 1', { spend: 'much' }),
      adDay('2026-02-30'),
    ])

    expect(rejectedKeys).toEqual([
      { day: '2026-01-01', ad: 'ad 1', rate: '1.5', at: '2026-01-01T00:00:00.000Z' },
    ])
  })
})
