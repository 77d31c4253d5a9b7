import type { Request, RequestHandler, Response } from 'express'
import { recordAct } from '../ledger/audit'
import { ActRefusedError } from '../runs/control/act-refused'
import { errorFacts } from '../telemetry/logger'
import { actedBy } from './acted-by'
import type { Context } from './context'
import { RefusedError } from './errors'
import { visitor } from './session'

/** Gives a request the words by which the audit log names what it asks for, should it be refused. */
export const naming =
  (act: string | undefined): RequestHandler =>
  (_req, res, next) => {
    if (act !== undefined) res.locals['act'] = act
    next()
  }

/**
 * Leaves a row in the audit log where somebody who is logged in wanted a change and was refused: for their role, for
 * where it was sent from, or by the act itself. What fails besides leaves none. Never throws: it is refused either way.
 */
export async function recordRefusal(
  ctx: Pick<Context, 'database' | 'logger'>,
  req: Request,
  res: Response,
  error: unknown,
): Promise<void> {
  const reason = reasonOf(error)
  if (reason === undefined || req.method === 'GET' || req.method === 'HEAD' || !visitor(res)) return
  const by = actedBy(req, res)
  const act = res.locals['act'] as string | undefined
  try {
    await recordAct(ctx.database, {
      ...by,
      action: act ?? `${req.method} ${req.path}`,
      subject: act === undefined ? by.via : req.path,
      reason,
      outcome: 'refused',
    })
  } catch (trouble) {
    ctx.logger.error('a refused act was not recorded', { path: req.path, ...errorFacts(trouble) })
  }
}

function reasonOf(error: unknown): string | undefined {
  if (error instanceof ActRefusedError) return error.message
  return error instanceof RefusedError && error.status === 403 ? (error.details ?? error.message) : undefined
}
