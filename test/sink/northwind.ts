import * as column from '../../src/job/columns'
import {
  snapshotStream,
  upsertStream,
  windowStream,
  type SnapshotStream,
  type Stream,
} from '../../src/job/streams'
import { hours } from '../../src/lib/durations'
import { only, type Sql } from '../../src/lib/sql'
import { checkRecords } from '../../src/sink/check-records'
import { ensureTables } from '../../src/sink/tables'
import type { Owner, Target } from '../../src/sink/target'
import { writePage, type PageOptions, type Written } from '../../src/sink/write-page'
import { testDatabase } from '../support/database'

/** One stream of each kind, of a job that does not exist. */
export const orders = upsertStream({
  table: 'northwind_orders',
  key: ['order_id'],
  overlap: hours(1),
  columns: {
    order_id: column.bigint(),
    customer: column.text(),
    placed_at: column.instant(),
    total: column.nullable(column.numeric()),
    lines: column.nullable(column.integer()),
    paid: column.nullable(column.boolean()),
    tags: column.nullable(column.texts()),
    raw: column.nullable(column.json()),
  },
})
export const adDays = windowStream({
  table: 'northwind_ad_days',
  key: ['day', 'ad', 'rate', 'at'],
  day: 'day',
  columns: {
    day: column.date(),
    ad: column.text(),
    rate: column.numeric(),
    at: column.instant(),
    spend: column.numeric(),
  },
})
export const vehicles = snapshotStream({
  table: 'northwind_vehicles',
  key: ['vin'],
  columns: { vin: column.text(), price: column.nullable(column.numeric()) },
})

export const order = (id: number | string, more: object = {}) => ({
  order_id: id,
  customer: 'Ada',
  placed_at: '2026-03-08T01:30:00-06:00',
  total: '10.50',
  lines: 2,
  paid: true,
  tags: ['a', 'b'],
  raw: { b: 1, a: [null, 'x'] },
  ...more,
})
export const adDay = (day: string, ad = 'ad 1', more: object = {}) => ({
  day,
  ad,
  rate: '1.50',
  at: `${day}T00:00:00Z`,
  spend: 3,
  ...more,
})
export const vehicle = (vin: string | number, price = 100) => ({ vin: String(vin), price })
export const vehicleRange = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => vehicle(from + index))

/** A database with the three tables, and one account with a sync under way. */
export async function northwind(streams: readonly Stream[] = [orders, adDays, vehicles]) {
  const database = await testDatabase()
  await ensureTables(database, database.schema, streams)
  await database.query(`insert into clients (id, name, timezone) values ('acme', 'Acme', 'UTC')`)
  await database.query(`insert into credentials (id, job, secrets) values ('key', 'northwind', 'x')`)
  const owner = await ownerOf(database, 'store 1')
  const targetOf = <S extends Stream>(stream: S): Target & { readonly stream: S } => ({
    schema: database.schema,
    stream,
    streamName: stream.table,
  })
  /** Checks and writes a page in a transaction of its own, as an attempt does. */
  const write = (
    stream: Stream,
    records: readonly unknown[],
    as: Owner = owner,
    options: PageOptions = {},
  ): Promise<Written> => {
    const { good, rejected } = checkRecords(stream, records)
    expect(rejected).toEqual([])
    return database.transaction((sql) => writePage(sql, targetOf(stream), as, good, options))
  }
  return {
    database,
    owner,
    targetOf,
    write,
    /** The same account's next sync. */
    nextSync: async (as: Owner = owner): Promise<Owner> => ({
      ...as,
      syncId: await newSync(database, as.accountId),
    }),
    anotherAccount: () => ownerOf(database, 'store 2'),
    rows: async (stream: Stream): Promise<Record<string, unknown>[]> =>
      (
        await database.query<Record<string, unknown>>(
          `select *, xmin::text, ctid::text from ${stream.table} order by account_id, ${stream.key.join(', ')}`,
        )
      ).rows,
    countIn: async (table: string): Promise<number> =>
      only(await database.query<{ count: number }>(`select count(*)::int from ${table}`)).count,
  }
}

export type Northwind = Awaited<ReturnType<typeof northwind>>

async function ownerOf(sql: Sql, externalId: string): Promise<Owner> {
  const { id: accountId } = only(
    await sql.query<{ id: string }>(
      `insert into accounts (client_id, job, external_id, credential_id, timezone)
       values ('acme', 'northwind', $1, 'key', 'UTC') returning id`,
      [externalId],
    ),
  )
  return { clientId: 'acme', accountId, syncId: await newSync(sql, accountId), mode: 'live' }
}

async function newSync(sql: Sql, accountId: string): Promise<string> {
  const { id } = only(
    await sql.query<{ id: string }>(
      `with settled as (update syncs set state = 'ok', settled_at = now() where account_id = $1 and settled_at is null),
            run as (insert into runs (job, kind, mode, definition_version, requested_by)
                    values ('northwind', 'manual', 'live', 1, 'test') returning id)
       insert into syncs (run_id, job, account_id, lane, state, settled_at)
       select id, 'northwind', $1, 'live', 'ok', now() from run returning id`,
      [accountId],
    ),
  )
  return id
}

/** A snapshot stream with a guard of its own. */
export const guarded = (given: Partial<Pick<SnapshotStream, 'confirmations' | 'maxShrink'>>) => ({
  ...vehicles,
  ...given,
})
