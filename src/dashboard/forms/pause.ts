import type { PauseTarget } from '../../ledger/control/pauses'
import { postgresTime } from '../../ledger/postgres/time'
import { pause } from '../../runs/control/pause'
import { readActFields } from '../act-form'
import { actedBy } from '../acted-by'
import type { Route } from '../context'
import { wallClock } from '../times'
import { formPost } from './form-post'
import { pageOfTarget, targetOf, titleOf } from './pause-target'

/** Pauses everything, or the job, client or account of the address, with a reason and perhaps until an instant. */
export const submitPause = (scope: PauseTarget['scope']): Route =>
  formPost(async (ctx, req, res) => {
    const target = targetOf(ctx, req, scope)
    const { reason = '', until } = readActFields(req.body, await postgresTime(ctx.database))
    const made = await pause(ctx.tools, target, {
      by: actedBy(req, res),
      reason,
      ...(until ? { until } : {}),
    })
    const end = made.until ? `until ${wallClock(made.until, 'UTC')}` : 'until somebody resumes it'
    return { to: pageOfTarget(target), text: `${titleOf(ctx, target)} is paused ${end}.` }
  })
