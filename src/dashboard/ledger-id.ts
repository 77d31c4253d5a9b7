import type { Request } from 'express'
import { RefusedError } from './errors'

/** The ledger's id in a request's address. Throws a `RefusedError` where it is none; `what` names it: `run`. */
export function ledgerIdOf(req: Request, what: string): string {
  const id = String(req.params['id'])
  if (!/^[1-9]\d{0,17}$/.test(id)) throw thereIsNo(what, id)
  return id
}

/** What is answered where the ledger has nothing of that id. */
export const thereIsNo = (what: string, id: string): RefusedError =>
  new RefusedError(404, `There is no ${what} “${id}”.`)
