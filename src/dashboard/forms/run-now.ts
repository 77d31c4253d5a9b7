import { z } from 'zod'
import type { DayWindow } from '../../job/streams'
import type { Job } from '../../job/define-job'
import { accountsNamed } from '../../runs/control/accounts-chosen'
import { runNow, type RanNow } from '../../runs/control/run-now'
import type { BegunBackfill } from '../../runs/control/begin-backfill'
import { accountOf } from '../account-of'
import { actedBy } from '../acted-by'
import type { Route } from '../context'
import { RefusedError } from '../errors'
import { jobOf } from '../job-of'
import { accountPage, jobPage, runPage } from '../links'
import { begun } from './backfill'
import { Day, Names, Reason, Ticked } from './fields'
import { type Done, formPost, readForm } from './form-post'

const Form = z.object({ accounts: Names, streams: Ticked, from: Day, to: Day, reason: Reason })

/** Runs a job now: all of it, or some accounts and streams; with days it becomes a backfill of those. */
export const submitRunOfJob: Route = formPost(async (ctx, req, res) => {
  const job = jobOf(ctx, req)
  const { accounts, streams, from, to, reason } = readForm(Form, req.body)
  const window = windowOf(from, to)
  const accountIds = accounts && (await accountsNamed(ctx.database, job, accounts))
  const ran = await runNow(ctx.tools, job, {
    by: actedBy(req, res),
    ...reason,
    ...(accountIds ? { accountIds } : {}),
    ...(streams ? { streams } : {}),
    ...(window ? { window } : {}),
  })
  return ranInWords(job, ran, `${jobPage(job.id)}#job-runs`)
})

const AccountForm = z.object({ streams: Ticked, reason: Reason })

/** Runs one account now. */
export const submitRunOfAccount: Route = formPost(async (ctx, req, res) => {
  const { account, job } = await accountOf(ctx, req)
  const { streams, reason } = readForm(AccountForm, req.body)
  const ran = await runNow(ctx.tools, job, {
    by: actedBy(req, res),
    ...reason,
    accountIds: [account.id],
    ...(streams ? { streams } : {}),
  })
  return ranInWords(job, ran, accountPage(account.id))
})

function windowOf(from: string | undefined, to: string | undefined): DayWindow | undefined {
  if (from === undefined && to === undefined) return undefined
  if (from === undefined || to === undefined)
    throw new RefusedError(
      400,
      `${from === undefined ? 'from' : 'to'}: expected a day: both are needed, or none.`,
    )
  return { from, to }
}

function ranInWords(job: Job, ran: RanNow | BegunBackfill, back: string): Done {
  if ('backfill' in ran) return begun(job, ran, back)
  const { run, queued } = ran
  const name = `Run ${run.id} of ${job.title}`
  if (run.state !== 'running')
    return { to: runPage(run.id), text: `${name} had nothing to do; its syncs say why.` }
  return {
    to: runPage(run.id),
    text: queued
      ? `${name} started.`
      : `${name} stands in the ledger, but Redis cannot be reached; the scheduler queues its syncs once it can.`,
  }
}
