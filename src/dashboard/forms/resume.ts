import type { PauseTarget } from '../../ledger/control/pauses'
import { postgresTime } from '../../ledger/postgres/time'
import { resume } from '../../runs/control/pause'
import { readActFields } from '../act-form'
import { actedBy } from '../acted-by'
import type { Route } from '../context'
import { formPost } from './form-post'
import { pageOfTarget, targetOf, titleOf } from './pause-target'

/** Ends the pause of everything, or of the job, client or account of the address. */
export const submitResume = (scope: PauseTarget['scope']): Route =>
  formPost(async (ctx, req, res) => {
    const target = targetOf(ctx, req, scope)
    const { reason } = readActFields(req.body, await postgresTime(ctx.database))
    await resume(ctx.tools, target, {
      by: actedBy(req, res),
      ...(reason === undefined ? {} : { reason }),
    })
    return { to: pageOfTarget(target), text: `${titleOf(ctx, target)} goes on.` }
  })
