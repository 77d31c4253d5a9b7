import { z } from 'zod'
import { toldQueues } from '../../runs/control/act-tools'
import { ActRefusedError } from '../../runs/control/act-refused'
import { queueRetried, retryDeadLetters } from '../../runs/dead-letters/dead-letters'
import { readActFields } from '../act-form'
import { actedBy } from '../acted-by'
import type { Route } from '../context'
import { ledgerIdOf } from '../ledger-id'
import { syncPage } from '../links'
import { formPost, readForm } from './form-post'

const Form = z.object({ from: z.enum(['position', 'scratch']).default('position') })

/** Retries one failed sync, from its position or from the beginning of its window. */
export const submitRetrySync: Route = formPost(async (ctx, req, res) => {
  const id = ledgerIdOf(req, 'sync')
  const { from } = readForm(Form, req.body)
  const { reason } = readActFields(req.body, ctx.clock())
  const { database, tools } = ctx
  const retried = await retryDeadLetters(
    database,
    { syncIds: [id] },
    { by: actedBy(req, res), from, signal: tools.signal, ...(reason === undefined ? {} : { reason }) },
  )
  const [left] = retried.left
  if (left) throw new ActRefusedError('conflict', `Sync ${id} stays as it is: ${left.why}.`)
  const { reopened, superseded } = retried
  if (reopened.length + superseded.length === 0)
    throw new ActRefusedError('conflict', `Sync ${id} is no failed one: only those can be retried.`)
  const told = await toldQueues(tools, async ({ syncJobs }) => queueRetried(syncJobs, retried))
  const later = told ? '' : ' Redis is away: it is queued once that is back.'
  const text =
    superseded.length > 0
      ? `Sync ${id} had nothing left to fetch: its account has synced since.`
      : `Sync ${id} is tried again${from === 'scratch' ? ' from scratch' : ''}.${later}`
  return { to: syncPage(id), text }
})
