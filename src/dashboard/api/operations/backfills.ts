import { z } from 'zod'
import { type BackfillRow, listBackfills } from '../../../ledger/backfills/backfills'
import { windowsToShow } from '../../../ledger/backfills/backfill-windows'
import type { BackfillOrder } from '../../../runs/backfills/backfill-work'
import { accountsNamed } from '../../../runs/control/accounts-chosen'
import { beginBackfill, foreseeBackfill } from '../../../runs/control/begin-backfill'
import { changeBackfill } from '../../../runs/control/change-backfill'
import type { Context } from '../../context'
import { Id, Instant, JobId, Reason } from '../fields'
import { operation, type Operation, type OperationGroup } from '../operation'
import { cutPage, pageOf, paging } from '../pages-of'
import { found, givenOf, knownJob, liveJobOf } from '../things'
import { Days, Estimate, estimateOf, keyOf, StartedBackfill, startedBackfill } from './requested'
import { AccountNames, StreamNames } from './run-now'
import { RunMode } from './runs'

const State = z.enum(['running', 'paused', 'done', 'cancelled'])

const backfillFields = {
  id: Id,
  job: JobId,
  mode: RunMode,
  days: Days,
  streams: z.array(z.string()).nullable().meta({ description: 'Null means all streams of the job.' }),
  accountIds: z.array(Id).nullable().meta({ description: 'Only these were asked for; null means all.' }),
  estimatedCalls: z.number(),
  state: State,
  requestedBy: z.string(),
  reason: z.string().nullable(),
  createdAt: Instant,
  settledAt: Instant.nullable(),
  windows: z.int().meta({ description: 'Of one account each; the counts below are of those in each state.' }),
  done: z.int(),
  failed: z.int(),
  underWay: z.int(),
  accounts: z.int(),
  held: z.int().meta({ description: 'Accounts with a window to read that cannot be synced now.' }),
  rows: z.number().meta({ description: 'Rows inserted, updated or removed.' }),
  startedAt: Instant.nullable(),
}

const Backfill = z
  .object(backfillFields)
  .meta({ id: 'Backfill', description: 'Days of a job that somebody asked to be read again.' })

const BackfillInFull = z
  .object({
    ...backfillFields,
    windowsShown: z
      .array(
        z.object({
          client: z.string(),
          account: z.string(),
          days: Days,
          state: z.enum(['open', 'under way', 'done', 'failed']),
          syncId: Id.nullable(),
          reason: z.string().nullable(),
        }),
      )
      .meta({ description: 'Some that need a look: failed ones first, then those under way.' }),
  })
  .meta({ id: 'BackfillInFull', description: 'A backfill, and those of its windows that need a look.' })

/** The rest is counted. */
const windowsShown = 50

const OfBackfill = z.strictObject({ backfill: Id })
const OfJob = z.strictObject({ job: JobId })
const wish = { days: Days, accounts: AccountNames.optional(), streams: StreamNames.optional() }

const backfillOf = async ({ database }: Context, id: string): Promise<BackfillRow> =>
  found((await listBackfills(database, { id, limit: 1 }))[0], `backfill ${id}`)

/** A job, and what of it is to be read. */
async function wished(
  ctx: Context,
  jobId: string,
  { days, accounts, streams }: z.output<z.ZodObject<typeof wish>>,
) {
  const job = await liveJobOf(ctx, jobId)
  const accountIds = accounts && (await accountsNamed(ctx.database, job, accounts))
  return { job, wish: { days, ...givenOf({ accountIds, streams }) } }
}

const changing = (order: BackfillOrder, summary: string): Operation =>
  operation({
    id: `${order}Backfill`,
    method: 'post',
    path: `/backfills/{backfill}/${order}`,
    role: 'operator',
    summary,
    params: OfBackfill,
    body: z.strictObject({ reason: Reason.optional() }),
    answer: z.object({ backfill: Id, state: State }),
    handle: async (ctx, { params, body: { reason } }, { by }) => {
      const { id } = await backfillOf(ctx, params.backfill)
      return {
        backfill: id,
        state: await changeBackfill(ctx.tools, id, order, { by, ...givenOf({ reason }) }),
      }
    },
  })

export const backfills: OperationGroup = {
  title: 'Backfills',
  summary: 'Past days read again, behind all live work.',
  operations: [
    operation({
      id: 'listBackfills',
      method: 'get',
      path: '/backfills',
      role: 'viewer',
      summary: 'Backfills, latest first.',
      query: z.strictObject({ ...paging, job: JobId.optional() }),
      answer: pageOf(Backfill),
      handle: async (ctx, { query: { limit, after, job } }) =>
        cutPage(
          await listBackfills(ctx.database, {
            limit: limit + 1,
            ...givenOf({ before: after, job: job && knownJob(ctx, job).id }),
          }),
          limit,
          ({ id }) => id,
        ),
    }),
    operation({
      id: 'showBackfill',
      method: 'get',
      path: '/backfills/{backfill}',
      role: 'viewer',
      summary: 'One backfill: how far it is, and what of it needs a look.',
      params: OfBackfill,
      answer: BackfillInFull,
      handle: async (ctx, { params }) => {
        const backfill = await backfillOf(ctx, params.backfill)
        return { ...backfill, windowsShown: await windowsToShow(ctx.database, backfill.id, windowsShown) }
      },
    }),
    operation({
      id: 'beginBackfill',
      method: 'post',
      path: '/jobs/{job}/backfills',
      role: 'operator',
      summary: 'Read past days of a job again.',
      status: 201,
      isIdempotent: true,
      params: OfJob,
      body: z.strictObject({ ...wish, reason: Reason.optional() }),
      answer: StartedBackfill,
      handle: async (ctx, { params, body: { reason, ...rest } }, call) => {
        const { job, wish: what } = await wished(ctx, params.job, rest)
        const request = { ...what, by: call.by, ...keyOf(call), ...givenOf({ reason }) }
        return startedBackfill(await beginBackfill(ctx.tools, job, request))
      },
    }),
    operation({
      id: 'estimateBackfill',
      method: 'post',
      path: '/jobs/{job}/backfills/estimate',
      role: 'viewer',
      summary: 'What a backfill would take. Nothing is begun.',
      params: OfJob,
      body: z.strictObject(wish),
      answer: Estimate,
      handle: async (ctx, { params, body }) => {
        const { job, wish: what } = await wished(ctx, params.job, body)
        return estimateOf(await foreseeBackfill(ctx.database, job, what))
      },
    }),
    changing('pause', 'End its syncs where they are, and begin none until it is resumed.'),
    changing('resume', 'Go on where it was, and read windows again that had failed.'),
    changing('cancel', 'End it for good. What it has written stays.'),
  ],
}
