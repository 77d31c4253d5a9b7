import { z } from 'zod'
import { checkAccount } from '../../../runs/accounts/check-account'
import { breakLease } from '../../../runs/control/break-lease'
import { rereadAccount } from '../../../runs/control/reread-account'
import { resyncAccount } from '../../../runs/control/resync-account'
import { startRun } from '../../../runs/control/run-now'
import { Id, JobId, Reason } from '../fields'
import { operation, type Operation } from '../operation'
import { accountOf, givenOf, liveJobOf } from '../things'
import { Pause, PauseOrder, pauseFor, ResumeOrder, resumeFor } from './pauses'
import { keyOf, StartedBackfill, startedBackfill, StartedRun, startedRun } from './requested'
import { StreamNames } from './run-now'

export const OfAccount = z.strictObject({ account: Id })

const Verdict = z
  .object({
    account: Id,
    client: z.string(),
    job: JobId,
    externalId: z.string().meta({ description: 'The vendor’s id of it.' }),
    ok: z.boolean(),
    name: z.string().nullable().meta({ description: 'As the vendor calls it, where it says so.' }),
    findings: z
      .array(z.string())
      .meta({ description: 'What is wrong, in words, and what is worth knowing besides.' }),
  })
  .meta({ id: 'AccountVerdict', description: 'Whether an account and its credential work at the vendor.' })

/** What can be done to an account. */
export const accountActs: readonly Operation[] = [
  operation({
    id: 'checkAccount',
    method: 'post',
    path: '/accounts/{account}/check',
    role: 'operator',
    summary: 'Ask the vendor whether an account and its credential work. It parks and un-parks nothing.',
    details: 'It takes as long as the vendor does, and is refused with 409 after 45 seconds.',
    params: OfAccount,
    answer: Verdict,
    handle: async ({ tools, checkAccounts: ask }, { params }, { by }) => {
      const { name = null, ...verdict } = await checkAccount(tools, params.account, { by, ask })
      return { ...verdict, name }
    },
  }),
  operation({
    id: 'runAccount',
    method: 'post',
    path: '/accounts/{account}/runs',
    role: 'operator',
    summary: 'Run one account now.',
    status: 201,
    isIdempotent: true,
    params: OfAccount,
    body: z.strictObject({ streams: StreamNames.optional(), reason: Reason.optional() }),
    answer: StartedRun,
    handle: async (ctx, { params, body: { streams, reason } }, call) => {
      const { id, job } = await accountOf(ctx, params.account)
      return startedRun(
        await startRun(ctx.tools, await liveJobOf(ctx, job), {
          by: call.by,
          accountIds: [id],
          ...keyOf(call),
          ...givenOf({ streams, reason }),
        }),
      )
    },
  }),
  operation({
    id: 'pauseAccount',
    method: 'post',
    path: '/accounts/{account}/pause',
    role: 'operator',
    summary: 'Pause an account: runs leave it out. An attempt under way goes on to its end.',
    params: OfAccount,
    body: PauseOrder,
    answer: Pause,
    handle: async (ctx, { params, body }, call) => {
      const { id } = await accountOf(ctx, params.account)
      return pauseFor(ctx, { scope: 'account', id }, body, call)
    },
  }),
  operation({
    id: 'resumeAccount',
    method: 'post',
    path: '/accounts/{account}/resume',
    role: 'operator',
    summary: 'End the pause of an account.',
    params: OfAccount,
    body: ResumeOrder,
    answer: Pause,
    handle: async (ctx, { params, body }, call) => {
      const { id } = await accountOf(ctx, params.account)
      return resumeFor(ctx, { scope: 'account', id }, body, call)
    },
  }),
  operation({
    id: 'rereadAccount',
    method: 'post',
    path: '/accounts/{account}/reread',
    role: 'operator',
    summary: 'Read the last days of an account again, as a backfill of its own.',
    status: 201,
    isIdempotent: true,
    params: OfAccount,
    body: z.strictObject({
      days: z.int().min(1).max(3660).meta({ description: 'How many, today included.' }),
      streams: StreamNames.optional(),
      reason: Reason.optional(),
    }),
    answer: StartedBackfill,
    handle: async (ctx, { params, body: { days, streams, reason } }, call) => {
      const { id, job } = await accountOf(ctx, params.account)
      const order = { by: call.by, days, ...keyOf(call), ...givenOf({ streams, reason }) }
      return startedBackfill(await rereadAccount(ctx.tools, await liveJobOf(ctx, job), id, order))
    },
  }),
  operation({
    id: 'resyncAccount',
    method: 'post',
    path: '/accounts/{account}/resync',
    role: 'operator',
    summary: 'Forget how far an account is, and read all of it again now. Its rows stay in place meanwhile.',
    status: 201,
    params: OfAccount,
    body: z.strictObject({ streams: StreamNames.optional(), reason: Reason }),
    answer: StartedRun,
    handle: async (ctx, { params, body: { streams, reason } }, { by }) => {
      const { id, job } = await accountOf(ctx, params.account)
      const order = { by, reason, ...givenOf({ streams }) }
      return startedRun(await resyncAccount(ctx.tools, await liveJobOf(ctx, job), id, order))
    },
  }),
  operation({
    id: 'breakLease',
    method: 'post',
    path: '/accounts/{account}/break-lease',
    role: 'operator',
    summary: 'Take an account from the attempt that works on it. Its sync goes on with another attempt.',
    params: OfAccount,
    body: z.strictObject({ reason: Reason }),
    answer: z.object({ sync: Id }),
    handle: async (ctx, { params, body: { reason } }, { by }) => {
      const { id } = await accountOf(ctx, params.account)
      const { syncId } = await breakLease(ctx.tools, id, { by, reason })
      return { sync: syncId }
    },
  }),
]
