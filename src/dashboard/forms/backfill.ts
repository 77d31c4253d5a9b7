import { z } from 'zod'
import type { Job } from '../../job/define-job'
import { accountsNamed } from '../../runs/control/accounts-chosen'
import { beginBackfill, type BegunBackfill } from '../../runs/control/begin-backfill'
import { actedBy } from '../acted-by'
import type { Route } from '../context'
import { jobOf } from '../job-of'
import { jobPage } from '../links'
import { Names, NeededDay, Reason, Ticked } from './fields'
import { type Done, formPost, readForm } from './form-post'

const Form = z.object({ from: NeededDay, to: NeededDay, accounts: Names, streams: Ticked, reason: Reason })

/** Reads past days of a job again, behind all live work. */
export const submitBackfill: Route = formPost(async (ctx, req, res) => {
  const job = jobOf(ctx, req)
  const { from, to, accounts, streams, reason } = readForm(Form, req.body)
  const accountIds = accounts && (await accountsNamed(ctx.database, job, accounts))
  const made = await beginBackfill(ctx.tools, job, {
    by: actedBy(req, res),
    ...reason,
    days: { from, to },
    ...(accountIds ? { accountIds } : {}),
    ...(streams ? { streams } : {}),
  })
  return begun(job, made, `${jobPage(job.id)}#job-runs`)
})

/** What is said of a backfill that was begun. */
export function begun(job: Job, { backfill, estimate }: BegunBackfill, to: string): Done {
  const { id, days } = backfill
  return {
    to,
    text:
      `Backfill ${id} of ${job.title} is planned: ${days.from} to ${days.to}, ` +
      `${estimate.windows.length} windows for each account, about ${estimate.calls} calls.`,
  }
}
