import { z } from 'zod'
import { searchAudit } from '../../../ledger/audit-search'
import { Id, Instant } from '../fields'
import { operation, type OperationGroup } from '../operation'
import { cutPage, pageOf, paging } from '../pages-of'
import { givenOf } from '../things'

const Via = z.enum(['cli', 'dashboard', 'bull-board', 'api', 'system'])
const Outcome = z.enum(['done', 'refused', 'failed', 'asked'])

const AuditRow = z
  .object({
    id: Id,
    at: Instant,
    actor: z.string().meta({ description: 'A user, `token:` and a token’s name, or `system`.' }),
    via: Via,
    origin: z.string().nullable().meta({ description: 'A network address, or the host of a command line.' }),
    action: z.string(),
    subject: z.string(),
    before: z.unknown(),
    after: z.unknown(),
    reason: z.string().nullable(),
    outcome: Outcome.meta({ description: '`asked`: begun, and its end is another row.' }),
  })
  .meta({ id: 'AuditRow', description: 'Something that somebody did, or wanted to do.' })

const Words = z.string().max(200)

export const audit: OperationGroup = {
  title: 'Audit',
  summary: 'Who did what, from where, and why. Nothing is ever taken out of it.',
  operations: [
    operation({
      id: 'searchAudit',
      method: 'get',
      path: '/audit',
      role: 'viewer',
      summary: 'Rows of the audit log that fit everything given, latest first.',
      query: z.strictObject({
        ...paging,
        actor: Words.optional(),
        action: Words.optional(),
        subject: Words.optional(),
        outcome: Outcome.optional(),
        via: Via.optional(),
        text: Words.optional().meta({ description: 'Words that stand anywhere in it, or their beginnings.' }),
        from: Instant.optional(),
        to: Instant.optional().meta({ description: 'Before this instant.' }),
      }),
      answer: pageOf(AuditRow),
      handle: async ({ database }, { query: { limit, after, ...query } }) =>
        cutPage(
          await searchAudit(database, { limit: limit + 1, ...givenOf({ ...query, before: after }) }),
          limit,
          ({ id }) => id,
        ),
    }),
  ],
}
