import { z } from 'zod'
import type { DeadLetterChoice } from '../../ledger/work/dead-letters'
import { rateForm, readRate } from '../../lib/rate'
import { toldQueues } from '../../runs/control/act-tools'
import { discardDeadLetters } from '../../runs/dead-letters/dead-letters'
import { retriedInWords } from '../../runs/dead-letters/retried-in-words'
import { retryChosen } from '../../runs/dead-letters/retry'
import { actedBy } from '../acted-by'
import type { Context, Route } from '../context'
import { RefusedError } from '../errors'
import { jobNamed } from '../job-of'
import { deadLettersPage } from '../links'
import { Ticked } from './fields'
import { type Done, formPost, readForm } from './form-post'

const optional = z
  .string()
  .max(200)
  .default('')
  .transform((text) => (text === '' ? undefined : text))

const Choice = z.object({
  // Named, so that a form that says nothing touches nothing.
  which: z.enum(['all', 'ticked']),
  signature: optional,
  job: optional,
  syncs: Ticked,
  reason: z.string().default(''),
})

const Retry = Choice.extend({
  from: z.enum(['position', 'scratch']).default('position'),
  rate: z
    .string()
    .trim()
    .refine((text) => text === '' || readRate(text) !== undefined, `expected ${rateForm}`)
    .default('')
    .transform((text) => readRate(text) ?? 0),
})

/** Retries dead letters: those that were ticked, a kind, those of a job, or all. */
export const retryLetters: Route = formPost(async (ctx, req, res) => {
  const form = readForm(Retry, req.body)
  const retried = await retryChosen(ctx.tools, choiceOf(ctx, form), {
    by: actedBy(req, res),
    reason: form.reason,
    from: form.from,
    interval: form.rate,
  })
  const words = retriedInWords(retried)
  return done(
    form,
    words === '' ? 'There was no dead letter to retry.' : `${words}.${retried.queued ? '' : redisAway}`,
  )
})

/** Sets dead letters aside that nobody is going to retry. */
export const discardLetters: Route = formPost(async (ctx, req, res) => {
  const form = readForm(Choice, req.body)
  const by = { by: actedBy(req, res), reason: form.reason }
  const discarded = await discardDeadLetters(ctx.database, choiceOf(ctx, form), by)
  await toldQueues(ctx.tools, async ({ syncJobs }) => syncJobs.remove(discarded))
  return done(
    form,
    discarded.length === 0 ? 'There was no dead letter to discard.' : `${discarded.length} discarded.`,
  )
})

const redisAway = ' Redis is away: the scheduler queues them once it is back.'

function choiceOf(
  ctx: Context,
  { which, signature, job, syncs = [] }: z.output<typeof Choice>,
): DeadLetterChoice {
  if (which === 'ticked') {
    if (syncs.length === 0) throw new RefusedError(409, 'Nothing was ticked, so nothing was done.')
    if (!syncs.every((id) => /^\d{1,18}$/.test(id)))
      throw new RefusedError(400, 'syncs: expected ids of syncs.')
    return { syncIds: syncs }
  }
  return {
    ...(signature === undefined ? {} : { signature }),
    ...(job === undefined ? {} : { job: jobNamed(ctx.jobs, job).id }),
  }
}

/** Of a kind that was dealt with as a whole nothing is left to look at. */
function done({ which, signature, job }: z.output<typeof Choice>, text: string): Done {
  return { to: deadLettersPage({ job, ...(which === 'ticked' ? { signature } : {}) }), text }
}
