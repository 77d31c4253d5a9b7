import { createHash, randomBytes } from 'node:crypto'
import { bigint, boolean, date, instant, integer, nullable, numeric, text } from '../src/job/columns'
import { declaredSettings, defineJob, type Job } from '../src/job/define-job'
import { upsertStream } from '../src/job/streams'
import { lockAccount, raiseFence } from '../src/ledger/work/fences'
import { Database } from '../src/ledger/postgres/database'
import { migrate } from '../src/ledger/migrate'
import { planSyncs } from '../src/ledger/work/plan-syncs'
import { insertRun } from '../src/ledger/work/runs'
import { openSyncsOf } from '../src/ledger/work/open-syncs'
import { findSync } from '../src/ledger/work/syncs'
import { minutes, seconds } from '../src/lib/durations'
import { only } from '../src/lib/sql'
import { PageWriter } from '../src/runs/attempt/page-writer'
import { ensureTables } from '../src/sink/tables'
import { z } from 'zod'
import type { Bench } from './bench'
import { alternate, figureOf, randomOf, type Contender, type Figure } from './measure'

const rowsPerRound = 20_000
const pageSize = 1000

const columns = {
  order_id: bigint(),
  placed_on: date(),
  placed_at: instant(),
  updated_at: instant(),
  customer_hash: nullable(text()),
  status: text(),
  channel: text(),
  campaign: nullable(text()),
  total: numeric(),
  tax: nullable(numeric()),
  lines: integer(),
  paid: boolean(),
}
const names = Object.keys(columns)
type Order = Readonly<Record<string, string | number | boolean | null>>

const definition = defineJob({
  id: 'dealertrend',
  title: 'Orders',
  summary: 'Orders of no vendor.',
  version: 1,
  schedule: { cron: '0 * * * *', timezone: 'UTC', missed: 'run-once' },
  startWithin: minutes(30),
  deadline: minutes(5),
  freshness: minutes(120),
  retry: { attempts: 3, delay: seconds(1), cap: seconds(10) },
  concurrency: 1,
  secrets: z.looseObject({}),
  settings: z.looseObject({}),
  streams: { orders: upsertStream({ table: 'bench_orders', key: ['order_id'], overlap: 0, columns }) },
})
const job: Job = { ...definition, effective: declaredSettings(definition) }

/**
 * The whole way of a page: records are checked, hashed, compared and written, with fence, counters and position, in a
 * transaction of its own. The yardsticks write the same records to a table with the same columns and key.
 */
export const sink: Bench = {
  name: 'sink',
  title: `Sink: pages of ${pageSize} records of ${names.length} columns, ${rowsPerRound} a round`,
  rounds: 9,
  async run({ databaseUrl, seed, rounds, signal }) {
    const schema = `bench_${randomBytes(4).toString('hex')}`
    await using database = new Database({
      url: databaseUrl,
      schema,
      applicationName: 'syncfleet bench',
      connections: 1,
    })
    try {
      return await measure(database, ordersOf(randomOf(seed)), { rounds, signal })
    } finally {
      await database.query(`drop schema if exists ${schema} cascade`)
    }
  },
}

async function measure(
  database: Database,
  orders: readonly Order[],
  how: { rounds: number; signal: AbortSignal },
): Promise<readonly Figure[]> {
  await migrate(database, (sql) => ensureTables(sql, database.schema, Object.values(job.streams)))
  const types = Object.entries(columns).map(([name, { sqlType }]) => `${name} ${sqlType}`)
  for (const [table, kind] of [
    ['copied', 'unlogged'],
    ['inserted', ''],
  ])
    await database.query(`create ${kind} table ${table} (${types.join(', ')}, primary key (order_id))`)
  const writer = await writerOf(database)
  const write = async (records: readonly Order[]) => {
    for (const page of pagesOf(records)) await writer.write({ stream: 'orders', records: page, position: 1 })
    return records.length
  }
  const changed = orders.map((order) => ({ ...order, status: 'returned' }))
  /** Every contender finds the tables as its work needs them, without what the one before it left to be written or cleaned up. */
  const holding = (before: readonly Order[]) => async () => {
    await database.query('truncate bench_orders, copied, inserted')
    await write(before)
    await database.query(`insert into inserted select ${names.join(', ')} from bench_orders`)
    await database.query('vacuum (analyze) bench_orders, inserted')
    await database.query('checkpoint')
  }
  const [nothing, everything] = [holding([]), holding(orders)]
  const contenders: Contender[] = [
    { name: 'COPY', prepare: nothing, perform: () => copy(database, orders) },
    { name: 'insert row by row', prepare: nothing, perform: () => insertRowByRow(database, orders) },
    { name: 'update row by row', prepare: everything, perform: () => updateRowByRow(database, changed) },
    { name: 'insert', prepare: nothing, perform: () => write(orders) },
    { name: 'update', prepare: everything, perform: () => write(changed) },
    { name: 'unchanged', prepare: everything, perform: () => write(orders) },
  ]
  const found = await alternate('rows/s', contenders, how)
  await everything()
  const versions = await versionsWritten(database, () => write(orders))
  return [
    found.figure('COPY'),
    found.figure('insert row by row'),
    found.figure('update row by row'),
    found.ratio('insert', 'COPY', { atLeast: 0.3 }),
    found.ratio('insert', 'insert row by row', { atLeast: 10 }),
    found.ratio('update', 'update row by row'),
    found.ratio('unchanged', 'update', { atLeast: 2 }),
    found.ratio('unchanged', 'insert'),
    figureOf('unchanged', 'row versions', [versions], { atMost: 0 }),
  ]
}

/** How many rows are another version, or are locked, after `work`. */
async function versionsWritten(database: Database, work: () => Promise<unknown>): Promise<number> {
  const versions = 'select order_id, ctid as place, xmin as made_by, xmax as ended_by from bench_orders'
  await database.query(`create table versions as ${versions}`)
  await work()
  const { count } = only(
    await database.query<{ count: number }>(
      `select count(*)::int from ((${versions}) except table versions) other`,
    ),
  )
  return count
}

/** One statement and one transaction. Encoding the records is part of it, as it is part of what the sink does. */
async function copy(database: Database, orders: readonly Order[]): Promise<number> {
  await database.transaction((sql) =>
    sql.copy(
      `copy copied (${names.join(', ')}) from stdin`,
      pagesOf(orders).map((page) => page.map(lineOf).join('')),
    ),
  )
  return orders.length
}

const lineOf = (order: Order): string => `${names.map((name) => copied(order[name] ?? null)).join('\t')}\n`

const copied = (value: Order[string]): string =>
  value === null ? String.raw`\N` : String(value).replaceAll('\\', String.raw`\\`)

const insertRowByRow = (database: Database, orders: readonly Order[]) =>
  rowByRow(
    database,
    orders,
    `insert into inserted values (${names.map((_, place) => `$${place + 1}`).join(', ')})`,
  )

const updateRowByRow = (database: Database, orders: readonly Order[]) =>
  rowByRow(
    database,
    orders,
    `update inserted set ${names.map((name, place) => `${name} = $${place + 1}`).join(', ')} where order_id = $1`,
  )

/** One statement a record, with a transaction for each page as the sink has. */
async function rowByRow(database: Database, orders: readonly Order[], statement: string): Promise<number> {
  for (const page of pagesOf(orders)) {
    await database.transaction(async (sql) => {
      for (const order of page)
        await sql.query(
          statement,
          names.map((name) => order[name]),
        )
    })
  }
  return orders.length
}

const pagesOf = (orders: readonly Order[]): (readonly Order[])[] =>
  Array.from({ length: Math.ceil(orders.length / pageSize) }, (_, page) =>
    orders.slice(page * pageSize, (page + 1) * pageSize),
  )

/** Records as a vendor's JSON has them: ids and money as text, some fields absent, some with signs to escape. */
function ordersOf(random: () => number): Order[] {
  const oneOf = <T>(values: readonly [T, ...T[]]): T =>
    values[Math.floor(random() * values.length)] ?? values[0]
  return Array.from({ length: rowsPerRound }, (_, index) => {
    const placed = Date.UTC(2026, 0, 1) + Math.floor(random() * 3e10)
    return {
      order_id: String(700_000_000 + index),
      placed_on: new Date(placed).toISOString().slice(0, 10),
      placed_at: new Date(placed).toISOString(),
      updated_at: new Date(placed + 5_000_000).toISOString(),
      customer_hash: random() < 0.1 ? null : createHash('sha256').update(String(random())).digest('hex'),
      status: oneOf(['open', 'paid', 'cancelled']),
      channel: oneOf(['web', 'phone', 'showroom']),
      campaign: oneOf([null, 'Spring sale, north', 'Fall "clearance" \\ 2026', 'Winter']),
      total: (random() * 1000).toFixed(2),
      tax: random() < 0.2 ? null : (random() * 100).toFixed(2),
      lines: Math.floor(random() * 9),
      paid: random() < 0.5,
    }
  })
}

/** The writer of an attempt at a sync of one account. */
async function writerOf(database: Database): Promise<PageWriter> {
  await database.query(`insert into credentials (id, job, secrets) values ('key', $1, 'x')`, [job.id])
  await database.query(`insert into clients (id, name, timezone) values ('acme', 'Acme', 'UTC')`)
  await database.query(
    `insert into accounts (client_id, job, external_id, credential_id, timezone) values ('acme', $1, '1', 'key', 'UTC')`,
    [job.id],
  )
  const run = await insertRun(database, {
    job: job.id,
    kind: 'manual',
    mode: 'live',
    definitionVersion: 1,
    requestedBy: 'bench',
  })
  if (!run) throw new Error('no run')
  await planSyncs(database, run)
  const { syncId } = only({ rows: await openSyncsOf(database, run.id) })
  const sync = await findSync(database, syncId)
  if (!sync) throw new Error(`no sync ${syncId}`)
  const account = await lockAccount(database, sync.accountId)
  const fence = await raiseFence(database, account.id)
  return new PageWriter(database, job, { sync, account, fence, number: 1, states: [] })
}
