import { measures, type Contribution, type JobStatistics, type Measure } from '../job/statistics'
import type { Sql } from '../lib/sql'
import { qualified, quoted } from './identifiers'

const types: Readonly<Record<Measure, 'numeric' | 'bigint'>> = {
  spend: 'numeric',
  impressions: 'bigint',
  clicks: 'bigint',
  // Attribution shares conversions and leads out in fractions.
  conversions: 'numeric',
  leads: 'numeric',
  calls: 'bigint',
  appointments: 'bigint',
  units_sold: 'bigint',
  repair_orders: 'bigint',
}

/**
 * Makes the view `client_statistics` in a schema, and the indexes by day that it is fast by. Replaced in place where it has
 * changed, so that what others were granted on it stays. Safe to call at every migration.
 */
export async function createStatistics(
  sql: Sql,
  schema: string,
  statistics: readonly JobStatistics[],
): Promise<void> {
  for (const { table, day } of statistics.flatMap(({ contributions }) => contributions))
    await sql.query(
      `create index if not exists ${quoted(`${table}_statistics`)} on ${qualified(schema, table)} (${quoted(day)}, client_id)`,
    )
  await sql.query(
    `create or replace view ${qualified(schema, 'client_statistics')} as ${statisticsQuery(schema, statistics)}`,
  )
}

/** One row for each client, day, source and currency of which anything is known. */
function statisticsQuery(schema: string, statistics: readonly JobStatistics[]): string {
  const rows = statistics.flatMap(({ source, contributions }) =>
    contributions.map((contribution) => rowsOf(schema, source, contribution)),
  )
  const sums = measures.map((measure) => `sum(${measure})::${types[measure]} as ${measure}`)
  return `
    select client_id, day, source, currency, ${sums.join(', ')}
      from (${rows.join('\n union all ')}) contributed
     group by client_id, day, source, currency`
}

function rowsOf(schema: string, source: string, { table, day, currency, where, adds }: Contribution): string {
  const values = measures.map((measure) => `(${adds[measure] ?? 'null'})::${types[measure]} as ${measure}`)
  return `
    select client_id, ${quoted(day)} as day, '${source}'::text as source,
           ${currency === undefined ? 'null' : quoted(currency)}::text as currency, ${values.join(', ')}
      from ${qualified(schema, table)}
     where gone_at is null and ${quoted(day)} is not null${where === undefined ? '' : ` and (${where})`}`
}
