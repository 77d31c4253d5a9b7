import type { Sql } from '../lib/sql'

/**
 * Parks a credential: none of its accounts is synced until it is set anew. Only while it is what the attempt used:
 * `stale` where it was changed meanwhile, `known` where it was parked before.
 */
export async function parkCredential(
  sql: Sql,
  credential: { readonly id: string; readonly revision: string },
  reason: string,
): Promise<'parked' | 'known' | 'stale'> {
  return park(sql, 'credentials', credential, reason)
}

/** The same for one account: it is not synced until it or its credential is imported anew. */
export async function parkAccount(
  sql: Sql,
  account: { readonly id: string; readonly revision: string },
  reason: string,
): Promise<'parked' | 'known' | 'stale'> {
  return park(sql, 'accounts', account, reason)
}

async function park(
  sql: Sql,
  table: 'credentials' | 'accounts',
  { id, revision }: { readonly id: string; readonly revision: string },
  reason: string,
): Promise<'parked' | 'known' | 'stale'> {
  const { rows } = await sql.query<{ isSame: boolean; isParked: boolean }>(
    `select updated_at::text = $2 as "isSame", parked_at is not null as "isParked" from ${table} where id = $1
     for no key update`,
    [id, revision],
  )
  const [found] = rows
  if (!found?.isSame) return 'stale'
  if (found.isParked) return 'known'
  await sql.query(`update ${table} set parked_at = clock_timestamp(), parked_reason = $2 where id = $1`, [
    id,
    reason,
  ])
  return 'parked'
}

/** Lets an account rest for so many milliseconds, because its vendor asked for it. */
export async function restAccount(sql: Sql, accountId: string, duration: number): Promise<void> {
  await sql.query(
    `update accounts set not_before = clock_timestamp() + $2 * interval '1 millisecond' where id = $1`,
    [accountId, duration],
  )
}
