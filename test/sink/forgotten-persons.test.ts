import * as column from '../../src/job/columns'
import { snapshotStream, upsertStream, type Streams } from '../../src/job/streams'
import { ensureTables, shadowOf } from '../../src/sink/tables'
import {
  digestsOf,
  forgetPersons,
  forgottenPersons,
  withoutForgotten,
} from '../../src/sink/forgotten-persons'
import { northwind, type Northwind } from './northwind'

const name = column.nullable(column.text())
const customers = snapshotStream({
  table: 'northwind_customers',
  key: ['customer_id'],
  columns: {
    customer_id: column.bigint(),
    first_name: name,
    phone_hash: name,
    birthday: column.nullable(column.date()),
    photo_url: column.nullable(column.volatile(column.text())),
    visits: column.integer(),
    seen_at: column.nullable(column.instant()),
    labels: column.nullable(column.texts()),
    more: column.nullable(column.json()),
    balance: column.nullable(column.numeric()),
  },
  personal: { subject: 'customer_id', columns: ['first_name', 'phone_hash', 'birthday', 'photo_url'] },
})
const repairs = upsertStream({
  table: 'northwind_repairs',
  key: ['repair_id', 'at'],
  overlap: 0,
  columns: {
    repair_id: column.text(),
    at: column.instant(),
    customer: column.nullable(column.text()),
    comment: name,
    total: column.numeric(),
  },
  personal: { subject: 'customer', columns: ['comment'] },
})
const parts = upsertStream({
  table: 'northwind_parts',
  key: ['part'],
  overlap: 0,
  columns: { part: column.text(), customer: name },
})
const streams: Streams = { customers, repairs, parts }
const job = { id: 'northwind', streams }

const customer = (id: number | string, more: object = {}) => ({
  customer_id: id,
  first_name: 'Ada',
  phone_hash: 'f00',
  birthday: '1815-12-10',
  photo_url: 'x?sig=1',
  visits: 3,
  seen_at: '0042-03-08T01:30:00.123Z',
  labels: ['"a', 'b,{}\\'],
  more: { z: [1e21, 0.1, 5e-324], a: { 'x"': null } },
  balance: '10.50',
  ...more,
})
const repair = (id: string, customerId: string | null) => ({
  repair_id: id,
  at: '2026-03-08T01:30:00-06:00',
  customer: customerId,
  comment: 'wants it red',
  total: 5,
})
const emptied = { first_name: null, phone_hash: null, birthday: null, photo_url: null }
const none = { inserted: 0, updated: 0, unchanged: 0, removed: 0 }

describe('forgotten persons', () => {
  let world: Northwind
  let accountId: string
  beforeEach(async () => {
    world = await northwind([customers, repairs, parts])
    accountId = world.owner.accountId
  })
  afterEach(() => world.database[Symbol.asyncDispose]())

  const forget = (...subjects: string[]) =>
    world.database.transaction((sql) =>
      forgetPersons(sql, job, accountId, [world.database.schema, 'northwind_nowhere'], subjects),
    )
  const write = async (stream: Streams[string], records: readonly object[]) => {
    const forgotten = await forgottenPersons(world.database, accountId)
    return world.write(stream, withoutForgotten(stream, accountId, records, forgotten))
  }

  test('lose their personal columns in all streams, and nobody else does', async () => {
    await write(customers, [customer(1), customer(2)])
    await write(repairs, [repair('a', '1'), repair('b', '2'), repair('c', null)])
    await write(parts, [{ part: 'a', customer: '1' }])

    expect(await forget('1')).toEqual({ emptied: 2 })
    expect(await world.rows(customers)).toMatchObject([
      { ...emptied, customer_id: '1', visits: 3, balance: '10.5' },
      { customer_id: '2', first_name: 'Ada', photo_url: 'x?sig=1' },
    ])
    expect((await world.rows(repairs)).map((row) => row['comment'])).toEqual([
      null,
      'wants it red',
      'wants it red',
    ])
    expect(await world.rows(parts)).toMatchObject([{ customer: '1' }])
  })

  test('are news for whoever copies what changed', async () => {
    await write(customers, [customer(1)])
    await forget('1')

    const [row] = await world.rows(customers)
    expect(row?.['last_changed_at']).not.toEqual(row?.['first_synced_at'])
  })

  test('stay forgotten whatever the vendor sends, and that is no change', async () => {
    await write(customers, [customer(1), customer(2)])
    await write(repairs, [repair('a', '1')])
    await forget('1')
    const before = [...(await world.rows(customers)), ...(await world.rows(repairs))]

    expect(await write(customers, [customer('01'), customer(2)])).toEqual({ ...none, unchanged: 2 })
    expect(await write(repairs, [repair('a', '1')])).toEqual({ ...none, unchanged: 1 })
    expect([...(await world.rows(customers)), ...(await world.rows(repairs))]).toEqual(before)
    expect(await write(customers, [customer(1, { visits: 4 })])).toEqual({ ...none, updated: 1 })
    expect(await write(repairs, [repair('z', '1')])).toEqual({ ...none, inserted: 1 })
    expect(await world.rows(customers)).toMatchObject([{ ...emptied, visits: 4 }, { first_name: 'Ada' }])
    expect((await world.rows(repairs)).map((row) => row['comment'])).toEqual([null, null])
  })

  test('may be forgotten before anything is known of them, and once more', async () => {
    expect(await forget('1')).toEqual({ emptied: 0 })
    await write(customers, [customer(1)])
    const before = await world.rows(customers)

    expect(await forget('01', '1')).toEqual({ emptied: 0 })
    expect(await world.rows(customers)).toEqual(before)
    expect(before).toMatchObject([emptied])
  })

  test('are filed by digests that differ between accounts', async () => {
    await forget('1', 'no number, so in repairs only')

    const { rows } = await world.database.query('select length(subject) as bytes from forgotten_persons')
    expect(rows).toEqual([{ bytes: 32 }, { bytes: 32 }])
    const other = await world.anotherAccount()
    expect(await forgottenPersons(world.database, other.accountId)).toEqual(new Set())
    expect(digestsOf(streams, other.accountId, ['1'])).not.toEqual(digestsOf(streams, accountId, ['1']))
  })

  test('are forgotten for one account, and in every schema that has the tables', async () => {
    const other = await world.anotherAccount()
    await world.write(customers, [customer(1)], other)
    await write(customers, [customer(1)])
    const shadow = shadowOf(world.database.schema)
    await ensureTables(world.database, shadow, [customers])
    try {
      await world.database.query(
        `insert into ${shadow}.northwind_customers select * from northwind_customers`,
      )
      const { emptied: count } = await world.database.transaction((sql) =>
        forgetPersons(sql, job, accountId, [world.database.schema, shadow], ['1']),
      )

      expect(count).toBe(2)
      for (const schema of [world.database.schema, shadow]) {
        const { rows } = await world.database.query(
          `select first_name from ${schema}.northwind_customers order by account_id`,
        )
        expect(rows).toEqual([{ first_name: null }, { first_name: 'Ada' }])
      }
    } finally {
      await world.database.query(`drop schema ${shadow} cascade`)
    }
  })

  test('leave a row emptied that its definition could not write any more', async () => {
    await write(customers, [customer(1)])
    await world.database.query('alter table northwind_customers alter visits drop not null')
    await world.database.query('update northwind_customers set visits = null')

    expect(await forget('1')).toEqual({ emptied: 1 })
    expect(await write(customers, [customer(1)])).toEqual({ ...none, updated: 1 })
    expect(await world.rows(customers)).toMatchObject([{ ...emptied, visits: 3 }])
  })
})
