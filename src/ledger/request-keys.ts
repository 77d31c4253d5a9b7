import type { Sql } from '../lib/sql'

/**
 * Makes everybody else who asks with the same key wait until the transaction ends. Whoever comes second sees what the first
 * one made of it.
 */
export async function lockRequestKey(sql: Sql, requestKey: string): Promise<void> {
  await sql.query(
    "select pg_advisory_xact_lock(hashtextextended('request ' || current_schema() || ' ' || $1, 0))",
    [requestKey],
  )
}
