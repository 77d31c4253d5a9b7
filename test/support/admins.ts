import type { Role } from '../../src/ledger/users'
import { addUser } from '../../src/runs/control/users'
import { testDatabase } from './database'

/** Who acts on users and tokens. */
export const by = { actor: 'ada', via: 'dashboard', origin: '198.51.100.7' } as const
/** The same with hashes that cost nothing. */
export const order = { by, hash: async (password: string) => `hash of ${password.length}` }
/** One that the rules take. */
export const password = 'a long sentence'

/** A ledger with these users, all under that password. */
export const ledgerWithUsers = async (users: Record<string, Role> = { ada: 'admin', bob: 'operator' }) => {
  const database = await testDatabase()
  const tools = { database }
  for (const [name, role] of Object.entries(users)) await addUser(tools, { name, role, password }, order)
  return {
    database,
    tools,
    /** What the audit log says of all that came after. */
    audited: async () => {
      const { rows } = await database.query<Record<string, unknown>>(
        'select actor, origin, action, subject, before, after, outcome from audit_log order by id offset $1',
        [Object.keys(users).length],
      )
      return rows
    },
    [Symbol.asyncDispose]: async () => database[Symbol.asyncDispose](),
  }
}
