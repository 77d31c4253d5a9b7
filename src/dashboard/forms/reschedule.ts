import { z } from 'zod'
import { reschedule } from '../../runs/control/override'
import { valueInWords } from '../../runs/control/override-in-words'
import type { Route } from '../context'
import { jobOf } from '../job-of'
import { jobPage } from '../links'
import { Typed } from './fields'
import { formPost, readForm } from './form-post'
import { orderOf, untilInWords } from './limit'

/** `zone` is the schedule's own; `timezone` the one in which `until` was typed. */
const Form = z.object({ cron: Typed, zone: Typed })

/** Runs a job by another schedule than the configuration says, until then or until somebody reverts it. */
export const submitReschedule: Route = formPost(async (ctx, req, res) => {
  const job = jobOf(ctx, req)
  const { cron, zone: timezone } = readForm(Form, req.body)
  const made = await reschedule(ctx.tools, job, { cron, timezone }, await orderOf(ctx, req, res))
  const words = valueInWords('schedule', { cron, timezone })
  return { to: jobPage(job.id), text: `${job.title} runs ${words} ${untilInWords(made)}.` }
})
