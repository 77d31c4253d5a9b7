import type { Sql } from '../lib/sql'

/** What a person may do: see; retry and run; administer. Each may do what those before it may. */
export const roles = ['viewer', 'operator', 'admin'] as const
export type Role = (typeof roles)[number]

export interface User {
  readonly name: string
  readonly role: Role
  /** See dashboard/passwords.ts. Never shown. */
  readonly passwordHash: string
  /** Changes with the role, with the password and when all sessions are ended: each session is bound to it. */
  readonly updatedAt: Date
}

/** What a name looks like: the table's own rule, to tell people before it does. */
export const userNamePattern = /^[A-Za-z0-9][A-Za-z0-9._@-]{0,62}$/

/** A user as lists show them. */
export interface ListedUser {
  readonly name: string
  readonly role: Role
  readonly createdAt: Date
  /** When role or password changed last, or all sessions were ended. */
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

/** All users, by name. */
export async function listUsers(sql: Sql): Promise<ListedUser[]> {
  const { rows } = await sql.query<ListedUser>(
    `select name, role, created_at as "createdAt", updated_at as "updatedAt" from users order by lower(name), name`,
  )
  return rows
}

/** Adds a user. False where there is one of that name, in capitals or not: people would mistake one for the other. */
export async function insertUser(
  sql: Sql,
  { name, role, passwordHash }: Pick<User, 'name' | 'role' | 'passwordHash'>,
): Promise<boolean> {
  // One at a time: two that differ by case only must not both find none.
  await sql.query('lock table users in share row exclusive mode')
  const { rowCount } = await sql.query(
    `insert into users (name, role, password_hash, created_at, updated_at)
     select $1, $2, $3, clock_timestamp(), clock_timestamp()
     where not exists (select from users where lower(name) = lower($1))`,
    [name, role, passwordHash],
  )
  return rowCount > 0
}

/** The user, locked until the transaction ends, as they are by then; undefined where there is none. */
export async function lockUser(sql: Sql, name: string): Promise<User | undefined> {
  const { rows } = await sql.query<User>(
    `select name, role, password_hash as "passwordHash", updated_at as "updatedAt" from users where name = $1
     for no key update`,
    [name],
  )
  return rows[0]
}

/** The names of all admins, locked until the transaction ends: of two acts that would leave none, the second sees the first. */
export async function lockAdmins(sql: Sql): Promise<string[]> {
  const { rows } = await sql.query<{ name: string }>(
    `select name from users where role = 'admin' order by name for no key update`,
  )
  return rows.map(({ name }) => name)
}

/** Changes what is given of a user. Their sessions end, everywhere, also where nothing is given. */
export async function updateUser(
  sql: Sql,
  name: string,
  change: { readonly role?: Role; readonly passwordHash?: string },
): Promise<void> {
  await sql.query(
    `update users set role = coalesce($2, role), password_hash = coalesce($3, password_hash), updated_at = clock_timestamp()
     where name = $1`,
    [name, change.role ?? null, change.passwordHash ?? null],
  )
}

/** Removes a user, and with them their sessions. */
export async function deleteUser(sql: Sql, name: string): Promise<void> {
  await sql.query('delete from users where name = $1', [name])
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
