import { NoParityError, parityOf } from '../../src/sink/parity'
import { ensureTables, shadowOf } from '../../src/sink/tables'
import { writePage } from '../../src/sink/write-page'
import { checkRecords } from '../../src/sink/check-records'
import { adDay, adDays, northwind, order, orders } from './northwind'

const setup = async () => {
  const world = await northwind()
  const { database, owner } = world
  const shadow = shadowOf(database.schema)
  await ensureTables(database, shadow, [orders, adDays])
  const shadowWrites = async (stream: typeof orders | typeof adDays, records: readonly unknown[]) =>
    database.transaction((sql) =>
      writePage(
        sql,
        { ...world.targetOf(stream), schema: shadow },
        { ...owner, mode: 'shadow' },
        checkRecords(stream, records).good,
      ),
    )
  return {
    ...world,
    shadow,
    shadowWrites,
    parity: async (stream: typeof orders | typeof adDays, more: object = {}) =>
      parityOf(database, { stream, here: shadow, there: database.schema, ...more }),
    [Symbol.asyncDispose]: async () => {
      await database.query(`drop schema "${shadow}" cascade`)
      await database[Symbol.asyncDispose]()
    },
  }
}

describe('parityOf', () => {
  test('counts rows by what became of them, and names columns and keys that differ', async () => {
    await using world = await setup()
    await world.write(orders, [order(1), order(2), order(3)])
    await world.shadowWrites(orders, [order(2), order(3, { customer: 'Bob', lines: 9 }), order(4)])
    expect(await world.parity(orders)).toEqual({
      here: 3,
      there: 3,
      same: 1,
      different: 1,
      onlyHere: 1,
      onlyThere: 1,
      columns: [
        { name: 'customer', rows: 1 },
        { name: 'lines', rows: 1 },
      ],
      leftOut: [],
      examples: {
        different: [`[${world.owner.accountId}, 3]`],
        onlyHere: [`[${world.owner.accountId}, 4]`],
        onlyThere: [`[${world.owner.accountId}, 1]`],
      },
    })
  })

  test('leaves rows that are gone, other days and other accounts out', async () => {
    await using world = await setup()
    const { database } = world
    await world.write(adDays, [adDay('2026-03-01'), adDay('2026-03-02'), adDay('2026-03-03')])
    await world.shadowWrites(adDays, [adDay('2026-03-02'), adDay('2026-03-03', 'ad 2')])
    await database.query(`update northwind_ad_days set gone_at = now() where day = '2026-03-03'`)
    const march2 = { from: '2026-03-02', to: '2026-03-02' }
    expect(await world.parity(adDays, { days: march2 })).toMatchObject({ same: 1, onlyHere: 0, onlyThere: 0 })
    expect(await world.parity(adDays)).toMatchObject({ same: 1, onlyHere: 1, onlyThere: 1 })
    const nobody = await world.parity(adDays, { accountIds: ['0'] })
    expect(nobody).toMatchObject({ here: 0, there: 0 })
  })

  test('compares with a view of another system, as far as that has columns', async () => {
    await using world = await setup()
    const { database, owner } = world
    await world.shadowWrites(orders, [order(1), order(2)])
    const old = `${database.schema}_old`
    await database.query(`create schema "${old}"`)
    try {
      await database.query(
        `create view "${old}".northwind_orders as select '${owner.accountId}' as account_id, id::text as order_id, 'Ada' as customer
         from generate_series(1, 2) id`,
      )
      const parity = await world.parity(orders, { there: old })
      expect(parity).toMatchObject({ same: 2, different: 0, onlyHere: 0, onlyThere: 0 })
      expect(parity.leftOut).toContain('total')
      await expect(world.parity(adDays, { there: old })).rejects.toThrow(
        new NoParityError(`there is no ${old}.northwind_ad_days to compare with`),
      )
      await database.query(`create view "${old}".northwind_ad_days as select 1 as day`)
      await expect(world.parity(adDays, { there: old })).rejects.toThrow(
        'has no account_id, ad, rate, at: a view of that name may give its columns our names',
      )
    } finally {
      await database.query(`drop schema "${old}" cascade`)
    }
  })
})
