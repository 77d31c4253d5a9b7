import type { Sql } from '../lib/sql'
import type { Role } from './users'

/** What lets a program in. Its text is known to whoever created it; the ledger keeps a hash of that, which is never shown. */
export interface ApiToken {
  readonly id: string
  readonly name: string
  readonly role: Role
  readonly createdBy: string
  readonly createdAt: Date
  readonly expiresAt: Date
  /** To the minute; null before its first use. */
  readonly lastUsedAt: Date | null
  readonly revokedAt: Date | null
  readonly revokedBy: string | null
  /** By Postgres' clock, when it was read. Only a `valid` one lets anybody in. */
  readonly state: 'valid' | 'expired' | 'revoked'
}

const columns = `id, name, role, created_by as "createdBy", created_at as "createdAt", expires_at as "expiresAt",
  last_used_at as "lastUsedAt", revoked_at as "revokedAt", revoked_by as "revokedBy",
  case when revoked_at is not null then 'revoked' when expires_at <= clock_timestamp() then 'expired' else 'valid' end
    as state`
const thisMinute = `date_trunc('minute', clock_timestamp())`

/**
 * The token whose text has this SHA-256, as it lets somebody in; undefined where there is none, or where it has expired or was
 * revoked. That it was used is kept to the minute: it costs a write once a minute at most.
 */
export async function findToken(sql: Sql, hash: Buffer): Promise<ApiToken | undefined> {
  const { rows } = await sql.query<ApiToken & { isNoted: boolean }>(
    `select ${columns}, coalesce(last_used_at >= ${thisMinute}, false) as "isNoted" from api_tokens
     where hash = $1 and revoked_at is null and expires_at > clock_timestamp()`,
    [hash],
  )
  const [found] = rows
  if (!found) return undefined
  const { isNoted, ...token } = found
  if (!isNoted) {
    await sql.query(
      `update api_tokens set last_used_at = ${thisMinute} where id = $1 and last_used_at is distinct from ${thisMinute}`,
      [token.id],
    )
  }
  return token
}

/** All tokens: those that let somebody in first, then the latest. Without `all` only those that do. */
export async function listTokens(
  sql: Sql,
  { all = false }: { readonly all?: boolean } = {},
): Promise<ApiToken[]> {
  const { rows } = await sql.query<ApiToken>(
    `select ${columns} from api_tokens
     where $1 or (revoked_at is null and expires_at > clock_timestamp())
     order by revoked_at is not null or expires_at <= clock_timestamp(), id desc limit 500`,
    [all],
  )
  return rows
}

/** Keeps a new token. Undefined where one of its name is not revoked yet. */
export async function insertToken(
  sql: Sql,
  token: Pick<ApiToken, 'name' | 'role' | 'createdBy' | 'expiresAt'> & { readonly hash: Buffer },
): Promise<ApiToken | undefined> {
  const { rows } = await sql.query<ApiToken>(
    `insert into api_tokens (name, role, hash, created_by, expires_at) values ($1, $2, $3, $4, $5)
     on conflict (name) where revoked_at is null do nothing
     returning ${columns}`,
    [token.name, token.role, token.hash, token.createdBy, token.expiresAt],
  )
  return rows[0]
}

/** Revokes the token of this name that is not revoked yet. Undefined where there is none. */
export async function endToken(sql: Sql, name: string, revokedBy: string): Promise<ApiToken | undefined> {
  const { rows } = await sql.query<ApiToken>(
    `update api_tokens set revoked_at = clock_timestamp(), revoked_by = $2
     where name = $1 and revoked_at is null returning ${columns}`,
    [name, revokedBy],
  )
  return rows[0]
}

/**
 * Revokes what a user or token (`token:` and its name) created, and what was created with that in turn: all of it, or what can do
 * more than `allowed`, the roles left to them. Returns the names. Whoever created a token has seen its text.
 */
export async function endTokensOf(
  sql: Sql,
  createdBy: string,
  allowed: readonly Role[],
  revokedBy: string,
): Promise<string[]> {
  const { rows } = await sql.query<{ name: string }>(
    `with recursive made as (
       select id, name, created_at, revoked_at from api_tokens where created_by = $1
       union
       select t.id, t.name, t.created_at, t.revoked_at from api_tokens t join made on t.created_by = 'token:' || made.name
         and t.created_at between made.created_at and coalesce(made.revoked_at, 'infinity')
     )
     update api_tokens set revoked_at = clock_timestamp(), revoked_by = $3
     where id in (select id from made) and revoked_at is null and role <> all ($2) returning name`,
    [createdBy, allowed, revokedBy],
  )
  return rows.map(({ name }) => name).toSorted()
}
