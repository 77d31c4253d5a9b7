import { z } from 'zod'
import { listUsers } from '../../../ledger/users'
import { addUser, changeRole, endSessions, removeUser, setPassword } from '../../../runs/control/users'
import type { Context } from '../../context'
import { Instant, Role } from '../fields'
import { operation, type OperationGroup } from '../operation'

const User = z
  .object({
    name: z.string(),
    role: Role,
    createdAt: Instant,
    updatedAt: Instant.meta({
      description: 'When role or password changed last, or all sessions were ended.',
    }),
  })
  .meta({ id: 'User', description: 'Somebody who can log in.' })

const Password = z.string().max(1000)
const OfUser = z.strictObject({ user: z.string().max(100) })
const Done = z.object({ user: z.string() })

const hashing = ({ passwords }: Context) => ({ hash: async (text: string) => passwords.hash(text) })

export const users: OperationGroup = {
  title: 'Users',
  summary: 'Who can log in, and what they may do.',
  operations: [
    operation({
      id: 'listUsers',
      method: 'get',
      path: '/users',
      role: 'admin',
      summary: 'All users, by name.',
      answer: z.object({ items: z.array(User) }),
      handle: async ({ database }) => ({ items: await listUsers(database) }),
    }),
    operation({
      id: 'addUser',
      method: 'post',
      path: '/users',
      role: 'admin',
      summary: 'Add a user, who can log in from then on.',
      status: 201,
      body: z.strictObject({ name: z.string().max(100), role: Role, password: Password }),
      answer: Done,
      handle: async (ctx, { body }, { by }) => {
        await addUser(ctx.tools, body, { by, ...hashing(ctx) })
        return { user: body.name }
      },
    }),
    operation({
      id: 'changeRole',
      method: 'put',
      path: '/users/{user}/role',
      role: 'admin',
      summary: 'Give a user another role. Their sessions end.',
      params: OfUser,
      body: z.strictObject({ role: Role }),
      answer: Done,
      handle: async ({ tools }, { params: { user }, body }, { by }) => {
        await changeRole(tools, user, body.role, { by })
        return { user }
      },
    }),
    operation({
      id: 'setPassword',
      method: 'put',
      path: '/users/{user}/password',
      role: 'admin',
      summary: 'Give a user another password. Their sessions end everywhere.',
      params: OfUser,
      body: z.strictObject({ password: Password }),
      answer: Done,
      handle: async (ctx, { params: { user }, body }, { by }) => {
        await setPassword(ctx.tools, user, body.password, { by, ...hashing(ctx) })
        return { user }
      },
    }),
    operation({
      id: 'endSessions',
      method: 'post',
      path: '/users/{user}/log-out',
      role: 'admin',
      summary: 'End all sessions of a user.',
      params: OfUser,
      answer: Done,
      handle: async ({ tools }, { params: { user } }, { by }) => {
        await endSessions(tools, user, { by })
        return { user }
      },
    }),
    operation({
      id: 'removeUser',
      method: 'delete',
      path: '/users/{user}',
      role: 'admin',
      summary: 'Remove a user. What they did stays in the audit log.',
      params: OfUser,
      answer: Done,
      handle: async ({ tools }, { params: { user } }, { by }) => {
        await removeUser(tools, user, { by })
        return { user }
      },
    }),
  ],
}
