import { z } from 'zod'
import { rejectedRecords } from '../../../ledger/views/rejected'
import { Id, Instant, JobId } from '../fields'
import { operation, type OperationGroup } from '../operation'
import { cutPage, pageOf, paging } from '../pages-of'
import { givenOf, knownJob } from '../things'
import { RunMode } from './runs'

const RejectedRecord = z
  .object({
    id: Id,
    job: JobId,
    stream: z.string(),
    mode: RunMode,
    client: z.string(),
    accountId: Id,
    account: z.string(),
    reason: z.string(),
    record: z.unknown().meta({ description: 'Described only, where it was wrong or personal.' }),
    times: z.int(),
    firstSyncId: Id,
    lastSyncId: Id,
    firstSeen: Instant,
    lastSeen: Instant,
  })
  .meta({ id: 'RejectedRecord', description: 'A record that its table could not hold.' })

export const rejected: OperationGroup = {
  title: 'Rejected records',
  summary: 'Records that were set aside, each with the reason.',
  operations: [
    operation({
      id: 'listRejectedRecords',
      method: 'get',
      path: '/rejected-records',
      role: 'viewer',
      summary: 'Rejected records, latest filed first.',
      query: z.strictObject({
        ...paging,
        job: JobId.optional(),
        stream: z.string().max(100).optional(),
        account: Id.optional(),
        sync: Id.optional().meta({ description: 'Those that this sync met first, or last.' }),
      }),
      answer: pageOf(RejectedRecord),
      handle: async (ctx, { query: { limit, after, job, stream, account, sync } }) =>
        cutPage(
          await rejectedRecords(ctx.database, {
            limit: limit + 1,
            ...givenOf({
              before: after,
              stream,
              accountId: account,
              syncId: sync,
              job: job && knownJob(ctx, job).id,
            }),
          }),
          limit,
          ({ id }) => id,
        ),
    }),
  ],
}
