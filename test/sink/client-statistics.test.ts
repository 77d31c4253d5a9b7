import { jobs } from '../../jobs'
import { statistics } from '../../jobs/statistics'
import type { JobDefinition } from '../../src/job/define-job'
import { measures } from '../../src/job/statistics'
import type { Database } from '../../src/ledger/postgres/database'
import type { Sql } from '../../src/lib/sql'
import { createDestinations } from '../../src/processes/destinations'
import { createStatistics } from '../../src/sink/client-statistics'
import { testDatabase } from '../support/database'

/** Makes the tables and the view as a deployment has them. */
async function setup(): Promise<Database> {
  const database = await testDatabase()
  await createDestinations(database)
  return database
}

type Values = Readonly<Record<string, string | number | boolean>>

/** Puts a row into a destination table; columns that must hold something and are not named get a filler. */
async function put(sql: Sql, table: string, values: Values): Promise<void> {
  const given: Values = { client_id: 'north', account_id: 1, row_hash: '\\x00', ...values }
  const { rows } = await sql.query<{ name: string; type: string }>(
    `select attname as name, format_type(atttypid, null) as type from pg_attribute
     where attrelid = to_regclass($1) and attnum > 0 and attnotnull and not atthasdef and not attisdropped`,
    [table],
  )
  const missing = rows.filter(({ name }) => !(name in given))
  const all: Values = {
    ...Object.fromEntries(missing.map(({ name, type }) => [name, fillerOf(type)])),
    ...given,
  }
  const names = Object.keys(all)
  await sql.query(
    `insert into ${table} (${names.map((name) => `"${name}"`).join(', ')}) values (${names.map((_, index) => `$${index + 1}`).join(', ')})`,
    Object.values(all),
  )
}

function fillerOf(type: string): string {
  if (type === 'date') return '2026-03-01'
  if (type.startsWith('timestamp')) return '2026-03-01T00:00:00Z'
  if (type === 'boolean') return 'false'
  return type === 'text[]' ? '{}' : '0'
}

const statisticsOf = async (sql: Sql) =>
  (await sql.query<Record<string, unknown>>('select * from client_statistics order by day, source, currency'))
    .rows

describe('client_statistics', () => {
  let database: Database
  beforeEach(async () => void (database = await setup()))
  afterEach(async () => database[Symbol.asyncDispose]())

  test('tells spend apart by currency, and adds up the accounts of a client', async () => {
    const day = { day: '2026-03-04', campaign_id: '77', clicks: 3, impressions: 100, conversions: '1.5' }
    await put(database, 'google_ads_campaign_days', { ...day, cost: '10.25', currency: 'USD' })
    await put(database, 'google_ads_campaign_days', { ...day, account_id: 2, cost: '4.75', currency: 'USD' })
    await put(database, 'google_ads_campaign_days', { ...day, account_id: 3, cost: '8', currency: 'CAD' })
    expect(await statisticsOf(database)).toMatchObject([
      { client_id: 'north', source: 'google-ads', currency: 'CAD', spend: '8', clicks: '3' },
      {
        day: '2026-03-04',
        source: 'google-ads',
        currency: 'USD',
        spend: '15.00',
        impressions: '200',
        clicks: '6',
        conversions: '3.0',
        calls: null,
      },
    ])
  })

  test('counts what happened on a day, by source, with nulls for what a source knows nothing of', async () => {
    const day = '2026-03-04'
    await put(database, 'ctm_calls', { call_id: 1, call_day: day, activity_type: 'call' })
    await put(database, 'ctm_calls', { call_id: 2, call_day: day, activity_type: 'form' })
    await put(database, 'ctm_calls', { call_id: 3, call_day: day, activity_type: 'text' })
    await put(database, 'salesforce_leads', { lead_id: '1', created_day: day })
    await put(database, 'salesforce_opportunities', { opportunity_id: '1', close_date: day, is_won: true })
    await put(database, 'salesforce_opportunities', { opportunity_id: '2', close_date: day, is_won: false })
    await put(database, 'authenticom_sales', { deal_number: '1', contract_date: day, deal_status: 'F' })
    await put(database, 'authenticom_sales', { deal_number: '2', contract_date: day, deal_status: 'P' })
    await put(database, 'authenticom_service_orders', { ro_number: '1', close_date: day })
    await put(database, 'cdk_repair_orders', { ro_number: '1', closed_date: day })
    await put(database, 'cdk_repair_orders', { ro_number: '2', closed_date: day, voided_date: day })
    await put(database, 'cdk_appointments', { appointment_id: '1', appointment_date: day })
    expect(await statisticsOf(database)).toMatchObject([
      { source: 'authenticom', units_sold: '1', repair_orders: '1', appointments: '0', spend: null },
      { source: 'cdk', units_sold: '0', repair_orders: '1', appointments: '1', calls: null },
      { source: 'ctm', calls: '1', leads: '1', units_sold: null },
      { source: 'salesforce', leads: '1', conversions: '1', calls: null },
    ])
  })

  test('leaves out what is gone and what has no day', async () => {
    await put(database, 'salesforce_leads', {
      lead_id: '1',
      created_day: '2026-03-04',
      gone_at: '2026-03-05',
    })
    await put(database, 'salesforce_leads', { lead_id: '2' })
    expect(await statisticsOf(database)).toEqual([])
  })

  test('has its columns in the order of the documentation, and is made again without being dropped', async () => {
    await database.query('create role stats_reader').catch(() => undefined)
    await database.query('grant select on client_statistics to stats_reader')
    await createStatistics(database, database.schema, statistics)
    const { rows } = await database.query<{ name: string; readable: boolean }>(
      `select attname as name, has_table_privilege('stats_reader', attrelid, 'select') as readable
       from pg_attribute where attrelid = 'client_statistics'::regclass and attnum > 0 order by attnum`,
    )
    expect(rows.map(({ name }) => name)).toEqual(['client_id', 'day', 'source', 'currency', ...measures])
    expect(rows.every(({ readable }) => readable)).toBe(true)
    await database.query(`drop owned by stats_reader; drop role stats_reader`)
  })

  test('names tables and jobs that exist', () => {
    for (const { source, contributions } of statistics) {
      const job: JobDefinition | undefined = jobs.find(({ id }) => id === source)
      const tables = Object.values(job?.streams ?? {}).map(({ table }) => table)
      for (const { table } of contributions) expect(tables).toContain(table)
    }
  })
})

/** The tables that are read by index alone, and those that are read whole. */
async function plansOf(sql: Sql, query: string): Promise<{ whole: string[]; byIndex: string[] }> {
  const { rows } = await sql.query<{ 'QUERY PLAN': readonly { Plan: PlanNode }[] }>(
    `explain (format json) ${query}`,
  )
  const nodes = [...nodesOf(rows[0]?.['QUERY PLAN'][0]?.Plan)]
  return {
    whole: nodes
      .filter((node) => node['Node Type'] === 'Seq Scan')
      .map((node) => node['Relation Name'] ?? ''),
    byIndex: nodes.flatMap((node) => node['Index Name'] ?? []),
  }
}

interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Index Name'?: string
  readonly Plans?: readonly PlanNode[]
}

function* nodesOf(plan: PlanNode | undefined): Generator<PlanNode> {
  if (!plan) return
  yield plan
  for (const child of plan.Plans ?? []) yield* nodesOf(child)
}

describe('client_statistics over a year of 300 clients', () => {
  let database: Database
  beforeAll(async () => {
    database = await setup()
    const year = `generate_series(1, 300) client, generate_series(date '2025-01-01', date '2025-12-31', '1 day') day`
    await database.query(
      `insert into google_ads_campaign_days (client_id, account_id, row_hash, external_account_id, currency, day, campaign_id,
         impressions, clicks, interactions, cost, conversions, conversions_value, all_conversions, view_through_conversions)
       select 'c' || client, client, '', 'x', 'USD', day::date, '1', 10, 1, 1, 2.5, 0, 0, 0, 0 from ${year}`,
    )
    await database.query(
      `insert into ctm_calls (client_id, account_id, row_hash, call_id, external_account_id, called_at, call_day, activity_type, answered, tag_list, redacted)
       select 'c' || client, client, '', extract(doy from day)::bigint, 1, day, day::date, 'call', true, '{}', false from ${year}`,
    )
    await database.query(
      `insert into meta_ads_ad_days (client_id, account_id, row_hash, ad_id, date_start, external_account_id, account_currency, spend)
       select 'c' || client, client, '', '1', day::date, 'x', 'USD', 1 from ${year}`,
    )
    await database.query('analyze')
  }, 300_000)
  afterAll(async () => database[Symbol.asyncDispose]())

  const busy = ['google_ads_campaign_days', 'ctm_calls', 'meta_ads_ad_days']

  test('reads only one client’s rows for that client’s year', async () => {
    const { whole, byIndex } = await plansOf(
      database,
      `select date_trunc('month', day) as month, source, sum(spend), sum(calls) from client_statistics
       where client_id = 'c7' and day between '2025-01-01' and '2025-12-31' group by 1, 2`,
    )
    expect(whole.filter((table) => busy.includes(table))).toEqual([])
    expect(byIndex).toEqual(expect.arrayContaining(busy.map((table) => `${table}_client`)))
  })

  test('reads only a week’s rows for all clients’ week', async () => {
    const { whole, byIndex } = await plansOf(
      database,
      `select client_id, sum(spend) from client_statistics where day between '2025-06-01' and '2025-06-07' group by 1`,
    )
    expect(whole.filter((table) => busy.includes(table))).toEqual([])
    expect(byIndex).toEqual(expect.arrayContaining(busy.map((table) => `${table}_statistics`)))
  })

  test('adds up to what is in the tables', async () => {
    const { rows } = await database.query(
      `select source, sum(spend) as spend, sum(calls) as calls from client_statistics group by 1 order by 1`,
    )
    expect(rows).toEqual([
      { source: 'ctm', spend: null, calls: String(300 * 365) },
      { source: 'google-ads', spend: '273750.0', calls: null },
      { source: 'meta-ads', spend: String(300 * 365), calls: null },
    ])
  })
})
