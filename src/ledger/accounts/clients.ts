import type { Sql } from '../../lib/sql'

/** A dealership. */
export interface Client {
  readonly id: string
  readonly name: string
  readonly timezone: string
  readonly ownerEmail: string | null
}

/** A client with what a list shows beside it. */
export interface ClientRow extends Client {
  readonly accounts: number
  readonly createdAt: Date
  readonly updatedAt: Date
}

/** What an upsert did to its row. */
export type Upserted = 'inserted' | 'updated' | 'unchanged'

export async function findClient(sql: Sql, id: string): Promise<Client | undefined> {
  const { rows } = await sql.query<Client>(
    'select id, name, timezone, owner_email as "ownerEmail" from clients where id = $1',
    [id],
  )
  return rows[0]
}

/** Adds a client, or changes the one of that id. */
export async function upsertClient(sql: Sql, client: Client): Promise<Upserted> {
  const { rows } = await sql.query<{ inserted: boolean }>(
    `insert into clients as was (id, name, timezone, owner_email) values ($1, $2, $3, $4)
     on conflict (id) do update
       set name = excluded.name, timezone = excluded.timezone, owner_email = excluded.owner_email,
         updated_at = clock_timestamp()
       where (was.name, was.timezone, was.owner_email)
         is distinct from (excluded.name, excluded.timezone, excluded.owner_email)
     returning xmax = 0 as inserted`,
    [client.id, client.name, client.timezone, client.ownerEmail],
  )
  return upserted(rows[0])
}

/** Reads an upsert's `returning xmax = 0 as inserted`: a row that was neither added nor changed returns nothing. */
export const upserted = (row: { readonly inserted: boolean } | undefined): Upserted => {
  if (!row) return 'unchanged'
  return row.inserted ? 'inserted' : 'updated'
}

/** Clients by id, with how many accounts each has: all of them, or those that follow upon an id. */
export async function listClients(
  sql: Sql,
  query: { readonly after?: string; readonly limit?: number } = {},
): Promise<ClientRow[]> {
  const { rows } = await sql.query<ClientRow>(
    `select id, name, timezone, owner_email as "ownerEmail", created_at as "createdAt", updated_at as "updatedAt",
       (select count(*)::int from accounts where client_id = clients.id) as accounts
     from clients where $1::text is null or id > $1 order by id limit $2`,
    [query.after ?? null, query.limit ?? null],
  )
  return rows
}
