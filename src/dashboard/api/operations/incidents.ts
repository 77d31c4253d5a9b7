import { z } from 'zod'
import { incidentKinds, listIncidents } from '../../../ledger/gates/incidents'
import { Flag, Id, Instant, JobId } from '../fields'
import { operation, type OperationGroup } from '../operation'
import { cutPage, pageOf, paging } from '../pages-of'
import { givenOf, knownJob } from '../things'

const Incident = z
  .object({
    id: Id,
    kind: z.enum(incidentKinds),
    subject: z.string(),
    job: JobId.nullable(),
    message: z.string(),
    details: z.record(z.string(), z.unknown()),
    times: z.int().meta({ description: 'How often it was met while it lasted.' }),
    openedAt: Instant,
    lastAt: Instant,
    closedAt: Instant.nullable(),
    closing: z.string().nullable().meta({ description: 'How it ended; null while it lasts.' }),
    heldUp: z.int().nullable().meta({
      description: 'How many accounts it kept out that were synced again when it was over.',
    }),
  })
  .meta({ id: 'Incident', description: 'Something worth telling a person, from its beginning to its end.' })

export const incidents: OperationGroup = {
  title: 'Incidents',
  summary: 'What is worth telling a person.',
  operations: [
    operation({
      id: 'listIncidents',
      method: 'get',
      path: '/incidents',
      role: 'viewer',
      summary: 'Incidents that last, the latest first; with `all`, then those that are over.',
      query: z.strictObject({ ...paging, job: JobId.optional(), all: Flag.optional() }),
      answer: pageOf(Incident),
      handle: async (ctx, { query: { limit, job, ...query } }) =>
        cutPage(
          await listIncidents(ctx.database, {
            limit: limit + 1,
            ...givenOf({ ...query, job: job && knownJob(ctx, job).id }),
          }),
          limit,
          ({ id }) => id,
        ),
    }),
  ],
}
