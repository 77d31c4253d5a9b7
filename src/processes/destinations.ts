import { jobs } from '../../jobs'
import { only, type Sql } from '../lib/sql'
import { ensureTables, shadowOf } from '../sink/tables'

/** Makes and evolves the destination tables of all jobs, for live and for shadow runs, beside the ledger that `sql` speaks to. */
export async function createDestinations(sql: Sql): Promise<void> {
  const { schema } = only(await sql.query<{ schema: string }>('select current_schema() as schema'))
  const streams = jobs.flatMap((job) => Object.values(job.streams))
  await ensureTables(sql, schema, streams)
  await ensureTables(sql, shadowOf(schema), streams)
}
