import { z } from 'zod'
import { deadLetterGroups, listDeadLetters } from '../../../ledger/work/dead-letters'
import { toldQueues } from '../../../runs/control/act-tools'
import { discardDeadLetters } from '../../../runs/dead-letters/dead-letters'
import { retryChosen } from '../../../runs/dead-letters/retry'
import { Flag, Id, Instant, JobId, Reason } from '../fields'
import { operation, type OperationGroup } from '../operation'
import { cutPage, pageOf, paging } from '../pages-of'
import { givenOf, knownJob } from '../things'
import { Choice, choiceOf } from './dead-letter-choice'
import { Retried, retriedForPrograms, RetryOrder, retryOrderOf } from './retried'
import { RunMode } from './runs'

const Group = z
  .object({
    signature: z.string(),
    job: JobId,
    errorClass: z.string().nullable(),
    errorCode: z.string(),
    message: z.string().nullable().meta({ description: 'The latest one’s.' }),
    syncs: z.int(),
    accounts: z.int(),
    overtaken: z.int().meta({ description: 'Those that have nothing left to fetch.' }),
    firstSeen: Instant,
    lastSeen: Instant,
    firstBuild: z.string().nullable(),
    lastBuild: z.string().nullable(),
  })
  .meta({ id: 'DeadLetterGroup', description: 'Dead letters of a job that failed in the same way.' })

const DeadLetter = z
  .object({
    syncId: Id,
    runId: Id,
    job: JobId,
    signature: z.string(),
    client: z.string(),
    account: z.string(),
    lane: z.enum(['live', 'backfill']),
    mode: RunMode,
    attempts: z.int(),
    pages: z.int(),
    errorCode: z.string(),
    message: z.string().nullable(),
    settledAt: Instant,
    overtaken: z.boolean(),
    discardedAt: Instant.nullable(),
    discardedBy: z.string().nullable(),
    discardReason: z.string().nullable(),
  })
  .meta({ id: 'DeadLetter', description: 'A sync that failed for good.' })

const filters = {
  job: JobId.optional(),
  discarded: Flag.optional().meta({
    description: 'Those that were discarded instead of those that were not.',
  }),
}

export const deadLetters: OperationGroup = {
  title: 'Dead letters',
  summary: 'Syncs that failed for good, until a person retries or discards them.',
  operations: [
    operation({
      id: 'listDeadLetterGroups',
      method: 'get',
      path: '/dead-letters/groups',
      role: 'viewer',
      summary: 'Dead letters by job and signature, those met last first.',
      query: z.strictObject(filters),
      answer: z.object({ items: z.array(Group) }),
      handle: async (ctx, { query: { job, discarded } }) => ({
        items: await deadLetterGroups(
          ctx.database,
          givenOf({ job: job && knownJob(ctx, job).id, discarded }),
        ),
      }),
    }),
    operation({
      id: 'listDeadLetters',
      method: 'get',
      path: '/dead-letters',
      role: 'viewer',
      summary: 'Dead letters one by one, latest first.',
      query: z.strictObject({ ...paging, ...filters, signature: z.string().max(200).optional() }),
      answer: pageOf(DeadLetter),
      handle: async (ctx, { query: { limit, after, job, ...query } }) =>
        cutPage(
          await listDeadLetters(ctx.database, {
            limit: limit + 1,
            ...givenOf({ ...query, before: after, job: job && knownJob(ctx, job).id }),
          }),
          limit,
          ({ syncId }) => syncId,
        ),
    }),
    operation({
      id: 'retryDeadLetters',
      method: 'post',
      path: '/dead-letters/retry',
      role: 'operator',
      summary: 'Retry dead letters, the latest of each account: some, a group, those of a job, or all.',
      body: Choice.extend(RetryOrder.shape),
      answer: Retried,
      handle: async (ctx, { body }, call) =>
        retriedForPrograms(await retryChosen(ctx.tools, choiceOf(ctx, body), retryOrderOf(body, call))),
    }),
    operation({
      id: 'discardDeadLetters',
      method: 'post',
      path: '/dead-letters/discard',
      role: 'operator',
      summary: 'Set dead letters aside that nobody is going to retry.',
      body: Choice.extend({ reason: Reason }),
      answer: z.object({ discarded: z.array(Id) }),
      handle: async (ctx, { body }, { by }) => {
        const { reason } = body
        const discarded = await discardDeadLetters(ctx.database, choiceOf(ctx, body), { by, reason })
        // Bull Board goes on showing what cannot be removed now, until it expires.
        await toldQueues(ctx.tools, async ({ syncJobs }) => syncJobs.remove(discarded))
        return { discarded: discarded.map(({ syncId }) => syncId) }
      },
    }),
  ],
}
