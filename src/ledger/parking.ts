import type { Sql } from '../lib/sql'

/** Parks a credential: none of its accounts is synced until it is set anew. False where it was parked before. */
export async function parkCredential(sql: Sql, credentialId: string, reason: string): Promise<boolean> {
  const { rowCount } = await sql.query(
    `update credentials set parked_at = clock_timestamp(), parked_reason = $2 where id = $1 and parked_at is null`,
    [credentialId, reason],
  )
  return rowCount === 1
}

/** Parks one account: it is not synced until it or its credential is imported anew. False where it was parked before. */
export async function parkAccount(sql: Sql, accountId: string, reason: string): Promise<boolean> {
  const { rowCount } = await sql.query(
    `update accounts set parked_at = clock_timestamp(), parked_reason = $2 where id = $1 and parked_at is null`,
    [accountId, reason],
  )
  return rowCount === 1
}

/** Lets an account rest for so many milliseconds, because its vendor asked for it. */
export async function restAccount(sql: Sql, accountId: string, duration: number): Promise<void> {
  await sql.query(
    `update accounts set not_before = clock_timestamp() + $2 * interval '1 millisecond' where id = $1`,
    [accountId, duration],
  )
}
