import type { Request, Response } from 'express'
import type { ActedBy } from '../ledger/audit'
import { userOf } from './session'

/** Who asks for an act with this request, by which way, and from which address: for the audit log. */
export const actedBy = (req: Request, res: Response): ActedBy => ({
  actor: userOf(res).name,
  via: wayOf(req.originalUrl),
  origin: req.ip ?? 'unknown',
})

function wayOf(path: string): ActedBy['via'] {
  if (path.startsWith('/api/')) return 'api'
  return path.startsWith('/queues/') ? 'bull-board' : 'dashboard'
}
