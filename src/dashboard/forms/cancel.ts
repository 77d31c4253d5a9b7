import { type Cancelled, cancelRun, cancelSync } from '../../runs/cancel/cancel'
import { readActFields } from '../act-form'
import { actedBy } from '../acted-by'
import { cancelToolsOf } from '../../runs/cancel/cancel-tools'
import type { Route } from '../context'
import { ledgerIdOf } from '../ledger-id'
import { runPage, syncPage } from '../links'
import { formPost } from './form-post'

/** Ends a run: its open syncs end where they are. */
export const submitCancelRun: Route = formPost(async (ctx, req, res) => {
  const id = ledgerIdOf(req, 'run')
  const { reason } = readActFields(req.body, ctx.clock())
  const order = { ...actedBy(req, res), ...(reason === undefined ? {} : { reason }) }
  const over = await cancelRun(ctx.database, id, order, cancelToolsOf(ctx.tools))
  const hint = over.isBackfill ? ' Its backfill reads these days again.' : ''
  return { to: runPage(id), text: `Run ${id} is ${over.state}: ${inWords(over)}.${hint}` }
})

/** Ends one sync where it is. */
export const submitCancelSync: Route = formPost(async (ctx, req, res) => {
  const id = ledgerIdOf(req, 'sync')
  const { reason } = readActFields(req.body, ctx.clock())
  const order = { ...actedBy(req, res), ...(reason === undefined ? {} : { reason }) }
  const over = await cancelSync(ctx.database, id, order, cancelToolsOf(ctx.tools))
  const hint = over.isBackfill ? ' Its backfill reads these days again.' : ''
  const left = over.left > 0 ? ' It is not over yet; the scheduler goes on ending it.' : ''
  return { to: syncPage(id), text: `Sync ${id} is ${over.state}.${left}${hint}` }
})

function inWords({ ended, overBefore, endedThemselves, left }: Cancelled): string {
  return [
    `${ended} ended`,
    ...(overBefore > 0 ? [`${overBefore} were over before`] : []),
    ...(endedThemselves > 0 ? [`${endedThemselves} ended by themselves`] : []),
    ...(left > 0 ? [`${left} not over yet, the scheduler goes on ending them`] : []),
  ].join(', ')
}
