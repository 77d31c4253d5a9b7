import type { Request } from 'express'
import { InvalidRequestError } from './problems'

/** What the ledger knows a request by that has an Idempotency-Key: it counts for this user or token alone. */
export function requestKeyOf(req: Request, actor: string): string | undefined {
  const given = req.get('Idempotency-Key')
  if (given === undefined) return undefined
  if (/^[\x21-\x7e]{1,100}$/.test(given)) return `api ${actor} ${given}`
  throw new InvalidRequestError([
    { field: 'Idempotency-Key', expected: 'expected 1 to 100 visible characters without spaces', given },
  ])
}
