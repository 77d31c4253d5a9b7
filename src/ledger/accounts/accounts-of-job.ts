import type { Sql } from '../../lib/sql'

/** An account of a job as people tell it from the others. */
export interface AccountOfJob {
  readonly id: string
  readonly client: string
  readonly externalId: string
  readonly enabled: boolean
}

/** All accounts of a job, enabled or not, by client. */
export async function accountsOfJob(sql: Sql, job: string): Promise<AccountOfJob[]> {
  const { rows } = await sql.query<AccountOfJob>(
    `select id, client_id as client, external_id as "externalId", enabled from accounts where job = $1
     order by client_id, external_id`,
    [job],
  )
  return rows
}
