import { z } from 'zod'
import { listTokens } from '../../../ledger/api-tokens'
import { createToken, revokeToken } from '../../../runs/control/tokens'
import { Flag, Id, Instant, Role } from '../fields'
import { operation, type OperationGroup } from '../operation'
import { givenOf } from '../things'

const tokenFields = {
  id: Id,
  name: z.string(),
  role: Role,
  createdBy: z.string(),
  createdAt: Instant,
  expiresAt: Instant,
  lastUsedAt: Instant.nullable().meta({ description: 'To the minute.' }),
  revokedAt: Instant.nullable(),
  revokedBy: z.string().nullable(),
  state: z.enum(['valid', 'expired', 'revoked']),
}

const Token = z.object(tokenFields).meta({ id: 'Token', description: 'What lets a program in.' })

const NewToken = z
  .object({
    ...tokenFields,
    token: z.string().meta({ description: 'Its text. Nobody can see it again.', examples: ['sft_…'] }),
  })
  .meta({ id: 'NewToken', description: 'A new token with its text.' })

export const tokens: OperationGroup = {
  title: 'Tokens',
  summary: 'What lets programs in. Only a hash of each is kept.',
  operations: [
    operation({
      id: 'listTokens',
      method: 'get',
      path: '/tokens',
      role: 'admin',
      summary: 'Tokens that let somebody in; with `all` those that did, too.',
      query: z.strictObject({ all: Flag.optional() }),
      answer: z.object({ items: z.array(Token) }),
      handle: async ({ database }, { query }) => ({ items: await listTokens(database, givenOf(query)) }),
    }),
    operation({
      id: 'createToken',
      method: 'post',
      path: '/tokens',
      role: 'admin',
      summary: 'Create a token. Only this answer has its text.',
      status: 201,
      body: z.strictObject({ name: z.string().max(100), role: Role, until: Instant }),
      answer: NewToken,
      handle: async ({ tools }, { body }, { by, role }) =>
        createToken(tools, { ...body, creatorRole: role }, by),
    }),
    operation({
      id: 'revokeToken',
      method: 'delete',
      path: '/tokens/{token}',
      role: 'admin',
      summary: 'Revoke a token. It lets nobody in from then on.',
      params: z.strictObject({ token: z.string().max(100).meta({ description: 'Its name.' }) }),
      answer: Token,
      handle: async ({ tools }, { params }, { by }) => revokeToken(tools, params.token, by),
    }),
  ],
}
