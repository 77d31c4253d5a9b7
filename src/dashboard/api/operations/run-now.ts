import { z } from 'zod'
import { accountsNamed } from '../../../runs/control/accounts-chosen'
import { runNow } from '../../../runs/control/run-now'
import { JobId, Reason } from '../fields'
import { operation } from '../operation'
import { givenOf, liveJobOf } from '../things'
import { Days, keyOf, StartedBackfill, startedBackfill, StartedRun, startedRun } from './requested'

/** Accounts as people call them. */
export const AccountNames = z
  .array(z.string().min(1).max(200))
  .min(1)
  .max(1000)
  .meta({ description: 'Client ids, external ids or account ids. Default: all that are enabled.' })

export const StreamNames = z
  .array(z.string().min(1).max(100))
  .min(1)
  .max(100)
  .meta({ description: 'Default: all streams of the job.' })

/** Starts a run of a job. */
export const runJob = operation({
  id: 'runJob',
  method: 'post',
  path: '/jobs/{job}/runs',
  role: 'operator',
  summary: 'Start a run now, whatever the schedule says.',
  details: 'With `days` it is a backfill of those days, behind all live work.',
  status: 201,
  isIdempotent: true,
  params: z.strictObject({ job: JobId }),
  body: z.strictObject({
    accounts: AccountNames.optional(),
    streams: StreamNames.optional(),
    days: Days.optional(),
    reason: Reason.optional(),
  }),
  answer: z.discriminatedUnion('kind', [StartedRun, StartedBackfill]),
  handle: async (ctx, { params, body: { accounts, streams, days, reason } }, call) => {
    const job = await liveJobOf(ctx, params.job)
    const accountIds = accounts && (await accountsNamed(ctx.database, job, accounts))
    const started = await runNow(ctx.tools, job, {
      by: call.by,
      ...keyOf(call),
      ...givenOf({ accountIds, streams, window: days, reason }),
    })
    return 'run' in started ? startedRun(started) : startedBackfill(started)
  },
})
