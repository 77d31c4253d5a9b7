import { jobs } from '../../jobs'
import { statistics } from '../../jobs/statistics'
import type { JobDefinition } from '../job/define-job'
import { only, type Sql } from '../lib/sql'
import { createStatistics } from '../sink/client-statistics'
import { ensureTables, shadowOf } from '../sink/tables'

/**
 * Makes and evolves the destination tables of all jobs and the view over them, for live and for shadow runs, beside the ledger
 * that `sql` speaks to.
 */
export async function createDestinations(sql: Sql): Promise<void> {
  const { schema } = only(await sql.query<{ schema: string }>('select current_schema() as schema'))
  const streams = jobs.flatMap((job: JobDefinition) => Object.values(job.streams))
  for (const target of [schema, shadowOf(schema)]) {
    await ensureTables(sql, target, streams)
    await createStatistics(sql, target, statistics)
  }
}
