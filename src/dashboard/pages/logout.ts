import { recordAct } from '../../ledger/audit'
import { actedBy } from '../acted-by'
import type { Route } from '../context'
import { logOut } from '../session'

/** Ends the session. */
export const submitLogout: Route = (ctx) => async (req, res) => {
  const by = actedBy(req, res)
  await logOut(ctx, req, res)
  await recordAct(ctx.database, { ...by, action: 'log out', subject: `user ${by.actor}`, outcome: 'done' })
  res.redirect(303, '/login')
}
