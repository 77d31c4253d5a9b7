import { endTokensOf } from '../../ledger/api-tokens'
import { type ActedBy, recordAct } from '../../ledger/audit'
import {
  deleteUser,
  insertUser,
  isAtLeast,
  lockAdmins,
  lockUser,
  roles,
  updateUser,
  userNamePattern,
  type Role,
  type User,
} from '../../ledger/users'
import { passwordProblem } from '../../lib/password-rules'
import type { Sql } from '../../lib/sql'
import { ActRefusedError } from './act-refused'
import type { ActTools } from './act-tools'

/** Who changes a user. */
export interface UserOrder {
  readonly by: ActedBy
}

/** Who sets a password, and how it is hashed before the ledger sees it. */
export interface PasswordOrder extends UserOrder {
  readonly hash: (password: string) => Promise<string>
}

/** Adds a user, who can log in from then on. */
export async function addUser(
  { database }: Pick<ActTools, 'database'>,
  { name, role, password }: { readonly name: string; readonly role: Role; readonly password: string },
  { by, hash }: PasswordOrder,
): Promise<void> {
  if (!userNamePattern.test(name)) {
    throw new ActRefusedError(
      'invalid',
      'A name begins with a letter or digit and goes on with those or . _ @ -, up to 63 characters.',
    )
  }
  mustBePassword(name, password)
  const passwordHash = await hash(password)
  await database.transaction(async (sql) => {
    if (!(await insertUser(sql, { name, role, passwordHash })))
      throw new ActRefusedError(
        'conflict',
        `There is a user ${name} already. Names that differ by case are the same.`,
      )
    await record(sql, by, 'add user', name, { after: { role } })
  })
}

/** Gives a user another role. Their sessions end, and so do tokens that they created and that can do more than they still may. */
export async function changeRole(
  { database }: Pick<ActTools, 'database'>,
  name: string,
  role: Role,
  { by }: UserOrder,
): Promise<void> {
  await database.transaction(async (sql) => {
    const user = await lockedUser(sql, name)
    if (user.role === role) throw new ActRefusedError('conflict', `${name} has the role ${role} already.`)
    await updateUser(sql, name, { role })
    const allowed = roles.filter((each) => isAtLeast(role, each))
    const tokens = await endTokensOf(sql, name, allowed, by.actor)
    await record(sql, by, 'change role', name, {
      before: { role: user.role },
      after: { role, ...revoked(tokens) },
    })
  })
}

/** Gives a user another password. Their sessions end everywhere. */
export async function setPassword(
  { database }: Pick<ActTools, 'database'>,
  name: string,
  password: string,
  { by, hash }: PasswordOrder,
): Promise<void> {
  mustBePassword(name, password)
  const passwordHash = await hash(password)
  await database.transaction(async (sql) => {
    await lockedUser(sql, name, false)
    await updateUser(sql, name, { passwordHash })
    await record(sql, by, 'set password', name)
  })
}

/** Ends all sessions of a user. */
export async function endSessions(
  { database }: Pick<ActTools, 'database'>,
  name: string,
  { by }: UserOrder,
): Promise<void> {
  await database.transaction(async (sql) => {
    await lockedUser(sql, name, false)
    await updateUser(sql, name, {})
    await record(sql, by, 'log out everywhere', name)
  })
}

/** Removes a user: their sessions and the tokens that they created end with them. What they did stays in the audit log. */
export async function removeUser(
  { database }: Pick<ActTools, 'database'>,
  name: string,
  { by }: UserOrder,
): Promise<void> {
  await database.transaction(async (sql) => {
    const { role } = await lockedUser(sql, name)
    await deleteUser(sql, name)
    const tokens = await endTokensOf(sql, name, [], by.actor)
    await record(sql, by, 'remove user', name, {
      before: { role },
      ...(tokens.length > 0 && { after: revoked(tokens) }),
    })
  })
}

/** The user as they are until the transaction ends. Refuses the last admin where that would leave none. */
async function lockedUser(sql: Sql, name: string, mayLeaveNoAdmin = true): Promise<User> {
  const admins = mayLeaveNoAdmin ? await lockAdmins(sql) : []
  const user = await lockUser(sql, name)
  if (!user) throw new ActRefusedError('not-found', `There is no user ${name}.`)
  if (mayLeaveNoAdmin && admins.length === 1 && admins[0] === name)
    throw new ActRefusedError('conflict', `${name} is the only admin. Make somebody else admin first.`)
  return user
}

function mustBePassword(name: string, password: string): void {
  const problem = passwordProblem(name, password)
  if (problem !== undefined) throw new ActRefusedError('invalid', problem)
}

const revoked = (tokens: readonly string[]): { readonly revokedTokens?: readonly string[] } =>
  tokens.length > 0 ? { revokedTokens: tokens } : {}

const record = async (
  sql: Sql,
  by: ActedBy,
  action: string,
  name: string,
  change: { readonly before?: object; readonly after?: object } = {},
): Promise<void> => recordAct(sql, { ...by, action, subject: `user ${name}`, ...change, outcome: 'done' })
