import { postgresTime } from '../../ledger/postgres/time'
import type { Sql } from '../../lib/sql'
import { ActRefusedError } from './act-refused'

/** What ends by itself ends at an instant that is still to come, by Postgres' clock. Throws an `ActRefusedError` for another. */
export async function checkUntil(sql: Sql, until: Date | undefined): Promise<void> {
  if (until === undefined || until > (await postgresTime(sql))) return
  throw new ActRefusedError('invalid', `until: expected an instant to come, got ${until.toISOString()}`)
}
