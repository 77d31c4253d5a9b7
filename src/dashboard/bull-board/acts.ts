import express, { type ErrorRequestHandler, type RequestHandler, type Router } from 'express'
import { isAtLeast } from '../../ledger/users'
import { ActRefusedError } from '../../runs/control/act-refused'
import { actedBy } from '../acted-by'
import { jsonBody } from '../bodies'
import type { Context } from '../context'
import { RefusedError, refusalStatuses } from '../errors'
import { naming, recordRefusal } from '../refusals'
import { userOf } from '../session'
import { accessTo } from './access'
import type { BoardAct } from './board-act'
import { promoteJob, removeChildren, removeJob, retryJob } from './job-acts'
import { cleanState, drainQueue, pauseQueue, resumeQueue, retryState } from './queue-acts'
import { editSchedule, removeSchedule, runSchedule } from './schedule-acts'

/** The writes of Bull Board that mean something to the ledger, by method and route template as Bull Board names them. */
const acts: Readonly<Record<string, { readonly act: BoardAct; readonly words: string }>> = {
  'put /api/queues/pause': { act: pauseQueue, words: 'pause' },
  'put /api/queues/resume': { act: resumeQueue, words: 'resume' },
  'put /api/queues/:queueName/pause': { act: pauseQueue, words: 'pause' },
  'put /api/queues/:queueName/resume': { act: resumeQueue, words: 'resume' },
  'put /api/queues/:queueName/empty': { act: drainQueue, words: 'cancel syncs' },
  'put /api/queues/:queueName/clean/:queueStatus': { act: cleanState, words: 'clean' },
  'put /api/queues/:queueName/retry/:queueStatus': { act: retryState, words: 'retry dead letters' },
  'put /api/queues/:queueName/job-schedulers/:schedulerId/run': { act: runSchedule, words: 'run now' },
  'put /api/queues/:queueName/job-schedulers/:schedulerId/remove': { act: removeSchedule, words: 'pause' },
  'patch /api/queues/:queueName/job-schedulers/:schedulerId': { act: editSchedule, words: 'reschedule' },
  'put /api/queues/:queueName/:jobId/retry': { act: retryJob, words: 'retry dead letters' },
  'put /api/queues/:queueName/:jobId/clean': { act: removeJob, words: 'remove' },
  'put /api/queues/:queueName/:jobId/promote': { act: promoteJob, words: 'run now' },
  'put /api/queues/:queueName/:jobId/remove-unprocessed-children': {
    act: removeChildren,
    words: 'cancel run',
  },
}

/**
 * Stands before Bull Board and does in the ledger what people do there, under their names. What a person may not do, or what the
 * ledger is not concerned with, goes on to Bull Board and its hooks.
 */
export function boardActs(ctx: Context): Router {
  const router = express.Router()
  for (const [key, { act, words }] of Object.entries(acts)) {
    const [verb, template] = key.split(' ') as ['put' | 'patch', string]
    const steps = [naming(words), jsonBody('16kb'), perform(ctx, key, act)]
    router[verb](template, ...steps)
  }
  return router.use(refuse(ctx))
}

const perform =
  (ctx: Context, key: string, act: BoardAct): RequestHandler =>
  async (req, res, next) => {
    const [verb, template] = key.split(' ') as [string, string]
    const access = accessTo(verb, template)
    if ('refused' in access || !isAtLeast(userOf(res).role, access.atLeast)) return next()
    const params = req.params as Record<string, string>
    const answer = await act({
      ctx,
      by: actedBy(req, res),
      reason: 'done in Bull Board',
      params,
      body: req.body as unknown,
    })
    if (answer === 'board') return next()
    res.status(answer.status)
    if (answer.body) res.json(answer.body)
    else res.end()
  }

/** Says no as Bull Board itself does, so that its page shows the message. */
const refuse =
  (ctx: Context): ErrorRequestHandler =>
  async (error: unknown, req, res, next) => {
    const status = statusOf(error)
    if (status === undefined || !(error instanceof Error)) return next(error)
    await recordRefusal(ctx, req, res, error)
    res.status(status).json({ error: { key: 'ERRORS.FORBIDDEN' }, message: error.message })
  }

function statusOf(error: unknown): number | undefined {
  if (error instanceof ActRefusedError) return refusalStatuses[error.refusal]
  return error instanceof RefusedError ? error.status : undefined
}
