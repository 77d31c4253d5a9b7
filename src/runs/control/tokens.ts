import { createHash, randomBytes } from 'node:crypto'
import { type ApiToken, endToken, endTokensOf, insertToken } from '../../ledger/api-tokens'
import { type ActedBy, recordAct } from '../../ledger/audit'
import { postgresTime } from '../../ledger/postgres/time'
import { isAtLeast, userNamePattern, type Role } from '../../ledger/users'
import { days } from '../../lib/durations'
import type { Sql } from '../../lib/sql'
import { ActRefusedError } from './act-refused'
import type { ActTools } from './act-tools'

/** No token lives longer, so that each is looked at again once in a while. */
export const longestTokenDays = 400

/** What is asked for: a name by which people know it, what it may do, and until when. */
export interface TokenOrder {
  readonly name: string
  readonly role: Role
  readonly until: Date
  /** The role of who creates it: a token can do no more. Absent on the command line, which can do everything. */
  readonly creatorRole?: Role
}

/** A new token with its text, which nobody can see again. */
export type CreatedToken = ApiToken & { readonly token: string }

/** Creates a token for a program. */
export async function createToken(
  { database }: Pick<ActTools, 'database'>,
  { name, role, until, creatorRole = 'admin' }: TokenOrder,
  by: ActedBy,
): Promise<CreatedToken> {
  if (!userNamePattern.test(name)) {
    throw new ActRefusedError(
      'invalid',
      "A token's name begins with a letter or digit and goes on with those or . _ @ -, up to 63 characters.",
    )
  }
  if (!isAtLeast(creatorRole, role))
    throw new ActRefusedError('invalid', `A token of yours has the role ${creatorRole} at most, not ${role}.`)
  const now = await postgresTime(database)
  // A day to spare: whoever says 400 days on a calendar may be in any zone.
  if (!(until > now) || until.getTime() > now.getTime() + days(longestTokenDays + 1))
    throw new ActRefusedError(
      'invalid',
      `A token ends in the future, in ${longestTokenDays} days at the latest.`,
    )
  const token = `sft_${randomBytes(32).toString('base64url')}`
  return database.transaction(async (sql) => {
    const created = await insertToken(sql, {
      name,
      role,
      createdBy: by.actor,
      expiresAt: until,
      hash: hashOf(token),
    })
    if (!created) {
      throw new ActRefusedError(
        'conflict',
        `There is a token ${name} already. Revoke it first, or take another name.`,
      )
    }
    await record(sql, by, 'create token', name, { after: { role, until: until.toISOString() } })
    return { ...created, token }
  })
}

/** Revokes the token of this name, and those that were created with it. They let nobody in from then on. */
export async function revokeToken(
  { database }: Pick<ActTools, 'database'>,
  name: string,
  by: ActedBy,
): Promise<ApiToken> {
  return database.transaction(async (sql) => {
    const token = await endToken(sql, name, by.actor)
    if (!token) throw new ActRefusedError('not-found', `There is no token ${name} that could be revoked.`)
    const revokedTokens = await endTokensOf(sql, `token:${name}`, [], by.actor)
    await record(sql, by, 'revoke token', name, {
      before: { role: token.role },
      ...(revokedTokens.length > 0 && { after: { revokedTokens } }),
    })
    return token
  })
}

/** What the ledger keeps of a token's text: it is long and random, so that no slow hash is needed. */
const hashOf = (text: string): Buffer => createHash('sha256').update(text).digest()

const record = async (
  sql: Sql,
  by: ActedBy,
  action: string,
  name: string,
  change: { readonly before?: object; readonly after?: object },
): Promise<void> => recordAct(sql, { ...by, action, subject: `token ${name}`, ...change, outcome: 'done' })
