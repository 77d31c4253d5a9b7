import { type HowToQuery, only, type Sql } from '../../lib/sql'

/** Postgres' clock, by which instants are judged. */
export async function postgresTime(sql: Sql, how: HowToQuery = {}): Promise<Date> {
  return only(await sql.query<{ now: Date }>('select clock_timestamp() as now', [], how)).now
}
