import type { Request } from 'express'
import { type PauseTarget, targetInWords } from '../../ledger/control/pauses'
import type { Context } from '../context'
import { jobOf } from '../job-of'
import { ledgerIdOf } from '../ledger-id'
import { accountPage, clientPage, jobPage } from '../links'

/** What a form's address means to pause. Throws a `RefusedError` for a job that there is none of. */
export function targetOf(ctx: Context, req: Request, scope: PauseTarget['scope']): PauseTarget {
  switch (scope) {
    case 'everything':
      return { scope }
    case 'job':
      return { scope, id: jobOf(ctx, req).id }
    case 'account':
      return { scope, id: ledgerIdOf(req, 'account') }
    case 'client':
      return { scope, id: String(req.params['id']) }
  }
}

/** The page that shows what was paused. */
export function pageOfTarget(target: PauseTarget): string {
  switch (target.scope) {
    case 'everything':
      return '/'
    case 'job':
      return jobPage(target.id)
    case 'account':
      return accountPage(target.id)
    case 'client':
      return clientPage(target.id)
  }
}

/** A target at the beginning of a sentence. */
export function titleOf({ jobs }: Context, target: PauseTarget): string {
  const job = target.scope === 'job' && jobs.find(({ id }) => id === target.id)
  if (job) return job.title
  const words = targetInWords(target)
  return `${words.charAt(0).toUpperCase()}${words.slice(1)}`
}
