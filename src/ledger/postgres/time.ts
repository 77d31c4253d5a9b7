import { only, type Sql } from '../../lib/sql'

/** Postgres' clock, by which instants are judged. */
export async function postgresTime(sql: Sql): Promise<Date> {
  return only(await sql.query<{ now: Date }>('select clock_timestamp() as now')).now
}
