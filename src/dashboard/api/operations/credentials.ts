import { z } from 'zod'
import { listCredentials } from '../../../ledger/accounts/credentials'
import { Instant, JobId } from '../fields'
import { operation, type OperationGroup } from '../operation'
import { cutPage, pageOf, pagingByName } from '../pages-of'
import { givenOf, knownJob } from '../things'

const Credential = z
  .object({
    id: z.string(),
    job: JobId,
    keyId: z.string().meta({ description: 'The key that its secrets are sealed with.' }),
    accounts: z.int(),
    parkedAt: Instant.nullable(),
    parkedReason: z.string().nullable(),
    createdAt: Instant,
    updatedAt: Instant,
  })
  .meta({ id: 'Credential', description: 'What lets us in at a vendor. Its secrets are never told.' })

export const credentials: OperationGroup = {
  title: 'Credentials',
  summary: 'What lets us in at the vendors. Secrets are set on the command line only.',
  operations: [
    operation({
      id: 'listCredentials',
      method: 'get',
      path: '/credentials',
      role: 'viewer',
      summary: 'Credentials by id, without their secrets.',
      query: z.strictObject({ ...pagingByName, job: JobId.optional() }),
      answer: pageOf(Credential),
      handle: async (ctx, { query: { limit, after, job } }) =>
        cutPage(
          await listCredentials(ctx.database, {
            limit: limit + 1,
            ...givenOf({ after, job: job && knownJob(ctx, job).id }),
          }),
          limit,
          ({ id }) => id,
        ),
    }),
  ],
}
