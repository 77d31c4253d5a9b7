import { z } from 'zod'
import { overrideSettings } from '../../ledger/control/overrides'
import { revertOverride } from '../../runs/control/override'
import { actedBy } from '../acted-by'
import type { Route } from '../context'
import { jobOf } from '../job-of'
import { jobPage } from '../links'
import { Reason } from './fields'
import { formPost, readForm } from './form-post'

const Form = z.object({
  setting: z.enum(overrideSettings, `expected one of ${overrideSettings.join(', ')}`),
  reason: Reason,
})

/** Ends what somebody set instead of the configuration. */
export const submitRevert: Route = formPost(async (ctx, req, res) => {
  const job = jobOf(ctx, req)
  const { setting, reason } = readForm(Form, req.body)
  await revertOverride(ctx.tools, job, setting, { by: actedBy(req, res), ...reason })
  return { to: jobPage(job.id), text: `The ${setting} of ${job.title} is as configured again.` }
})
