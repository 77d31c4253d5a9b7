import type { Route } from '../context'
import { logOut } from '../session'

/** Ends the session. */
export const submitLogout: Route = (ctx) => async (req, res) => {
  await logOut(ctx, req, res)
  res.redirect(303, '/login')
}
