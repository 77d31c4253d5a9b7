import type { Sql } from '../../src/lib/sql'
import { only } from '../../src/lib/sql'

/** Clients with one account each for a job, all on one credential; returns the account ids in order. */
export async function someAccounts(
  sql: Sql,
  job: string,
  count: number,
  secrets = 'sealed',
): Promise<string[]> {
  await sql.query('insert into credentials (id, job, secrets) values ($1, $2, $3) on conflict do nothing', [
    `key-${job}`,
    job,
    secrets,
  ])
  const ids: string[] = []
  for (let index = 1; index <= count; index += 1) {
    const client = `${job}-client-${index}`
    await sql.query("insert into clients (id, name, timezone) values ($1, $1, 'America/Chicago')", [client])
    const { id } = only(
      await sql.query<{ id: string }>(
        `insert into accounts (client_id, job, external_id, credential_id, timezone)
         values ($1, $2, $3, $4, 'America/Chicago') returning id`,
        [client, job, String(1000 + index), `key-${job}`],
      ),
    )
    ids.push(id)
  }
  return ids
}

/** Parks as an attempt would that the vendor refused. */
export async function parkByHand(
  sql: Sql,
  table: 'credentials' | 'accounts',
  id: string,
  reason: string,
): Promise<void> {
  await sql.query(`update ${table} set parked_at = clock_timestamp(), parked_reason = $2 where id = $1`, [
    id,
    reason,
  ])
}
