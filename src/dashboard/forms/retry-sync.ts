import { z } from 'zod'
import { retrySync } from '../../runs/dead-letters/retry'
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
  const { superseded, queued } = await retrySync(ctx.tools, id, {
    by: actedBy(req, res),
    from,
    ...(reason === undefined ? {} : { reason }),
  })
  const later = queued ? '' : ' Redis is away: it is queued once that is back.'
  const text =
    superseded.length > 0
      ? `Sync ${id} had nothing left to fetch: its account has synced since.`
      : `Sync ${id} is tried again${from === 'scratch' ? ' from scratch' : ''}.${later}`
  return { to: syncPage(id), text }
})
