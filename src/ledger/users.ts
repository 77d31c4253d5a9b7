import type { Sql } from '../lib/sql'

/** What a person may do: see; retry and run; administer. Each may do what those before it may. */
export const roles = ['viewer', 'operator', 'admin'] as const
export type Role = (typeof roles)[number]

export interface User {
  readonly name: string
  readonly role: Role
  /** See dashboard/passwords.ts. Never shown. */
  readonly passwordHash: string
  /** Changes with the role and with the password. */
  readonly updatedAt: Date
}

/** True where a role includes the other one. */
export const isAtLeast = (role: Role, needed: Role): boolean => roles.indexOf(role) >= roles.indexOf(needed)

/** The user of exactly this name; undefined where there is none. */
export async function findUser(sql: Sql, name: string): Promise<User | undefined> {
  const { rows } = await sql.query<User>(
    `select name, role, password_hash as "passwordHash", updated_at as "updatedAt" from users where name = $1`,
    [name],
  )
  return rows[0]
}

/**
 * Fills `users` while it is empty, and leaves it alone otherwise. Returns how many users this call added.
 * Safe when every replica calls it at once.
 */
export async function seedUsers(
  sql: Sql,
  given: readonly { readonly name: string; readonly role: Role; readonly password: string }[],
  hash: (password: string) => Promise<string>,
): Promise<number> {
  const { rows } = await sql.query('select from users limit 1')
  if (rows.length > 0) return 0
  const hashes = await Promise.all(given.map(async ({ password }) => hash(password)))
  const { rowCount } = await sql.query(
    `insert into users (name, role, password_hash)
     select * from unnest($1::text[], $2::text[], $3::text[])
     on conflict (name) do nothing`,
    [given.map(({ name }) => name), given.map(({ role }) => role), hashes],
  )
  return rowCount
}
