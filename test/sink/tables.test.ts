import * as column from '../../src/job/columns'
import { upsertStream, windowStream, type Stream, type UpsertStream } from '../../src/job/streams'
import type { Database } from '../../src/ledger/postgres/database'
import { migrate } from '../../src/ledger/migrate'
import { DestinationTableError, ensureTables } from '../../src/sink/tables'
import { testDatabase } from '../support/database'
import { adDays, orders, vehicles } from './northwind'

const items = (columns: column.Columns, key = ['id']): UpsertStream =>
  upsertStream({ table: 'northwind_items', key, overlap: 0, columns })

describe('ensureTables', () => {
  let database: Database
  beforeEach(async () => {
    database = await testDatabase()
  })
  afterEach(() => database[Symbol.asyncDispose]())

  const ensure = (...streams: Stream[]) => ensureTables(database, database.schema, streams)
  const columnsOf = async (table: string) => {
    const { rows } = await database.query<{ name: string; type: string; required: boolean }>(
      `select attname as name, format_type(atttypid, atttypmod) as type, attnotnull as required
         from pg_attribute where attrelid = to_regclass($1) and attnum > 0 and not attisdropped order by attnum`,
      [table],
    )
    return rows.map(({ name, type, required }) => `${name} ${type}${required ? ' not null' : ''}`)
  }
  const indexesOf = async (table: string) => {
    const { rows } = await database.query<{ indexdef: string }>(
      'select indexdef from pg_indexes where schemaname = $1 and tablename = $2 order by indexname',
      [database.schema, table],
    )
    return rows.map(({ indexdef }) => indexdef.replace(/^.*USING /, ''))
  }
  const insertItem = () =>
    database.query(
      `insert into northwind_items (client_id, account_id, id, row_hash) values ('acme', 1, 'a', '\\x00')`,
    )

  test('makes a table with ids first, typed columns, and bookkeeping last', async () => {
    await ensure(orders)

    expect(await columnsOf('northwind_orders')).toEqual([
      'client_id text not null',
      'account_id bigint not null',
      'order_id bigint not null',
      'customer text not null',
      'placed_at timestamp with time zone not null',
      'total numeric',
      'lines integer',
      'paid boolean',
      'tags text[]',
      'raw jsonb',
      'row_hash bytea not null',
      'first_synced_at timestamp with time zone not null',
      'last_changed_at timestamp with time zone not null',
      'gone_at timestamp with time zone',
    ])
  })

  test('indexes by client, and by day where the key does not lead with it', async () => {
    const loose = windowStream({
      table: 'northwind_loose_days',
      key: ['ad'],
      day: 'day',
      columns: { ad: column.text(), day: column.date() },
    })
    await ensure(adDays, loose)

    expect(await indexesOf('northwind_ad_days')).toEqual([
      'btree (client_id)',
      'btree (account_id, day, ad, rate, at)',
    ])
    expect(await indexesOf('northwind_loose_days')).toEqual([
      'btree (client_id)',
      'btree (account_id, day)',
      'btree (account_id, ad)',
    ])
  })

  test('changes nothing the second time', async () => {
    await ensure(orders, adDays, vehicles)
    const before = await columnsOf('northwind_orders')
    await ensure(orders, adDays, vehicles)

    expect(await columnsOf('northwind_orders')).toEqual(before)
  })

  test('makes the shadow schema where it is missing', async () => {
    const shadow = `${database.schema}_shadow`
    try {
      await ensureTables(database, shadow, [orders])
      await ensureTables(database, shadow, [orders])

      expect(await columnsOf(`${shadow}.northwind_orders`)).toContain('order_id bigint not null')
    } finally {
      await database.query(`drop schema ${shadow} cascade`)
    }
  })

  test('lets every container call it at once under the lock of the migration', async () => {
    await Promise.all(
      [1, 2, 3, 4].map(() =>
        migrate(database, (sql) => ensureTables(sql, database.schema, [orders, adDays, vehicles])),
      ),
    )

    expect(await columnsOf('northwind_vehicles')).toContain('vin text not null')
  })

  test('adds a nullable column to a table with rows, and one that is not null to an empty table', async () => {
    await ensure(items({ id: column.text() }))
    await ensure(items({ id: column.text(), size: column.integer() }))
    await database.query('alter table northwind_items alter column size drop not null')
    await insertItem()
    await ensure(
      items({
        id: column.text(),
        size: column.nullable(column.integer()),
        note: column.nullable(column.text()),
      }),
    )

    expect(await columnsOf('northwind_items')).toEqual(expect.arrayContaining(['size integer', 'note text']))
  })

  test('refuses what would not only add, naming table, column, found and expected, and does nothing then', async () => {
    await ensure(items({ id: column.text(), size: column.nullable(column.text()) }))
    await insertItem()
    const changed = items({ id: column.text(), size: column.integer(), colour: column.text() }, [
      'id',
      'size',
    ])

    const error = await ensure(changed, vehicles).then(
      () => undefined,
      (cause: unknown) => cause as DestinationTableError,
    )

    const table = `"${database.schema}"."northwind_items"`
    expect(error).toBeInstanceOf(DestinationTableError)
    expect(error?.mistakes).toEqual([
      `${table}: found the key (account_id, id), expected (account_id, id, size)`,
      `${table}."size": found text, expected integer`,
      `${table}."colour": found no such column, expected text not null, which a table with rows cannot be given`,
    ])
    expect(await columnsOf('northwind_vehicles')).toEqual([])
  })

  test('stops demanding a column that became nullable or is written no more', async () => {
    await ensure(items({ id: column.text(), size: column.integer(), colour: column.text() }))
    await ensure(items({ id: column.text(), size: column.nullable(column.integer()) }))

    expect(await columnsOf('northwind_items')).toEqual(
      expect.arrayContaining(['size integer', 'colour text']),
    )
    await insertItem()
  })

  test('refuses definitions that no table could serve, all mistakes at once', async () => {
    const error = await ensure(
      items({ id: column.nullable(column.text()), gone_at: column.instant(), tags: column.texts() }, [
        'id',
        'tags',
        'nothing',
      ]),
      windowStream({ table: 'Days"', key: ['n'], day: 'n', columns: { n: column.integer() } }),
      orders,
      { ...orders },
    ).catch((cause: unknown) => cause as DestinationTableError)

    expect(error?.mistakes).toEqual([
      'northwind_items.gone_at: the name is taken by a column that every table has',
      'northwind_items.id: is part of the key, so it cannot be nullable',
      'northwind_items.tags: is part of the key, so it cannot be text[]',
      'northwind_items.nothing: is part of the key, but no column',
      'table Days": expected a name of lower-case letters, digits and _, at most 55 long',
      'Days".n: the day of a window must be a date column that is not nullable',
      'table northwind_orders: two streams name it',
    ])
  })

  test('refuses personal and volatile columns that could not be emptied or kept up to date', async () => {
    const error = await ensure({
      ...items({
        id: column.volatile(column.text()),
        owner: column.date(),
        name: column.text(),
      }),
      personal: { subject: 'owner', columns: ['name', 'id'] },
    }).catch((cause: unknown) => cause as DestinationTableError)

    expect(error?.mistakes).toEqual([
      'northwind_items.id: is part of the key, so it cannot be volatile',
      'northwind_items.owner: whose a row is must be a column of text, bigint or integer',
      'northwind_items.name: a personal column must be nullable',
      'northwind_items.id: a personal column must be nullable',
      'northwind_items.id: a personal column cannot tell one row or person from another',
    ])
  })
})
