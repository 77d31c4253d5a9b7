import { createHash } from 'node:crypto'
import type { Request, RequestHandler } from 'express'
import { recordAct } from '../ledger/audit'
import { findUser } from '../ledger/users'
import { days } from '../lib/durations'
import type { Context } from './context'
import { addressOf, type FailureLimit, limitFailures } from './failure-limit'

/** Failed logins within the period: by one address for one name, by one address, for one name from new addresses. */
const limits = {
  pair: { name: 'pair', limit: 10, what: 'this name from this address' },
  address: { name: 'address', limit: 50, what: 'this address' },
  name: { name: 'name', limit: 200, what: 'this name from addresses it was never used from' },
} as const

/** How long an address from which a user logged in stays out of reach of what others do with the name. */
const known = days(30)

/**
 * Slows down who guesses passwords, over all replicas, and not the user whose name they use: an address that has
 * guessed too often waits, and guesses spread over many addresses close the name only to addresses it was never used from.
 * Refused tries at a narrow limit do not count towards the wider ones.
 */
export const throttleLogins = (ctx: Context): readonly RequestHandler[] => {
  const limiter = (
    { name, limit, what }: { name: string; limit: number; what: string },
    keyOf: FailureLimit['keyOf'],
    skip: Pick<FailureLimit, 'skip'> = {},
  ) =>
    limitFailures(ctx, {
      space: `login-failures:${name}`,
      limit,
      keyOf,
      ...skip,
      message: 'Too many failed logins. Wait a quarter of an hour and try again.',
      record: async (req) => recordLockOut(ctx, req, what),
    })
  return [
    limiter(limits.pair, (req) => `${nameOf(req)}:${addressOf(req)}`),
    limiter(limits.address, addressOf),
    limiter(limits.name, nameOf, { skip: async (req) => (await ctx.values.get(knownKey(req))) !== null }),
  ]
}

/** Remembers that this user's password was given from this address. */
export const rememberAddress = async (ctx: Context, req: Request): Promise<void> =>
  ctx.values.set(knownKey(req), '1', known)

/** Leaves one row for a whole lock-out. Names that no user has are left out: they may be passwords. */
async function recordLockOut(ctx: Context, req: Request, what: string): Promise<void> {
  const { name } = (req.body ?? {}) as { name?: unknown }
  const user = typeof name === 'string' ? await findUser(ctx.database, name) : undefined
  await recordAct(ctx.database, {
    actor: 'not logged in',
    via: 'dashboard',
    origin: req.ip ?? 'unknown',
    action: 'log in',
    subject: user ? `user ${user.name}` : 'an unknown user',
    reason: `too many failed logins: ${what} is locked out for a quarter of an hour`,
    outcome: 'refused',
  })
}

/** Hashed: what is typed as a name may be a password, and of any length. */
function nameOf(req: Request): string {
  const { name } = (req.body ?? {}) as { name?: unknown }
  const text = typeof name === 'string' ? name.toLowerCase() : ''
  return createHash('sha256').update(text).digest('base64url').slice(0, 22)
}

const knownKey = (req: Request): string => `login-known:${nameOf(req)}:${addressOf(req)}`
