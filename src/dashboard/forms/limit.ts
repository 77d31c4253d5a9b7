import type { Request, Response } from 'express'
import { z } from 'zod'
import type { Override } from '../../ledger/control/overrides'
import { postgresTime } from '../../ledger/postgres/time'
import { type OverrideOrder, setConcurrency, setRate } from '../../runs/control/override'
import { valueInWords } from '../../runs/control/override-in-words'
import { readActFields } from '../act-form'
import { actedBy } from '../acted-by'
import type { Context, Route } from '../context'
import { jobOf } from '../job-of'
import { jobPage } from '../links'
import { wallClock } from '../times'
import { whole } from './fields'
import { formPost, readForm } from './form-post'

const Concurrency = z.object({ concurrency: whole(1, 100) })
const Rate = z.object({ percent: whole(1, 100) })

/** Changes how many syncs of a job each worker performs at once. */
export const submitConcurrency: Route = formPost(async (ctx, req, res) => {
  const job = jobOf(ctx, req)
  const { concurrency } = readForm(Concurrency, req.body)
  const made = await setConcurrency(ctx.tools, job, concurrency, await orderOf(ctx, req, res))
  const words = valueInWords('concurrency', { concurrency })
  return { to: jobPage(job.id), text: `${job.title}: ${words} ${untilInWords(made)}.` }
})

/** Changes how much of its vendor's limits a job's calls may use. */
export const submitRate: Route = formPost(async (ctx, req, res) => {
  const job = jobOf(ctx, req)
  const { percent } = readForm(Rate, req.body)
  const made = await setRate(ctx.tools, job, percent, await orderOf(ctx, req, res))
  return {
    to: jobPage(job.id),
    text: `${job.title}: ${valueInWords('rate', { percent })} ${untilInWords(made)}.`,
  }
})

/** Who sets something instead of the configuration, why, and until when. That a reason is missing, the act itself says. */
export async function orderOf(ctx: Context, req: Request, res: Response): Promise<OverrideOrder> {
  const { reason = '', until } = readActFields(req.body, await postgresTime(ctx.database))
  return { by: actedBy(req, res), reason, ...(until ? { until } : {}) }
}

/** How long an override holds. */
export const untilInWords = ({ until }: Pick<Override, 'until'>): string =>
  until ? `until ${wallClock(until, 'UTC')}` : 'until somebody reverts it'
