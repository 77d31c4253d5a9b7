import { z } from 'zod'
import { listPauses, type PauseTarget } from '../../../ledger/control/pauses'
import { pause, resume } from '../../../runs/control/pause'
import { Flag, Id, Instant, Reason, Until } from '../fields'
import { type Call, operation, type OperationGroup } from '../operation'
import { cutPage, pageOf, paging } from '../pages-of'
import type { Context } from '../../context'
import { givenOf } from '../things'

export const Pause = z
  .object({
    id: Id,
    scope: z.enum(['everything', 'job', 'client', 'account']),
    subject: z.string().meta({ description: 'The id of what is paused; empty for everything.' }),
    reason: z.string(),
    pausedBy: z.string(),
    pausedAt: Instant,
    until: Instant.nullable().meta({
      description: 'When it ends by itself; null where a person must end it.',
    }),
    endedAt: Instant.nullable(),
    endedBy: z.string().nullable(),
    endReason: z.string().nullable(),
  })
  .meta({ id: 'Pause', description: 'While it lasts nothing of its subject starts.' })

export const PauseOrder = z.strictObject({ reason: Reason, until: Until })
export const ResumeOrder = z.strictObject({ reason: Reason.optional() })

/** Pauses something in the name of who asks. */
export const pauseFor = async (
  { tools }: Context,
  target: PauseTarget,
  { reason, until }: z.output<typeof PauseOrder>,
  { by }: Call,
) => pause(tools, target, { by, reason, ...givenOf({ until }) })

/** Resumes it. */
export const resumeFor = async (
  { tools }: Context,
  target: PauseTarget,
  { reason }: z.output<typeof ResumeOrder>,
  { by }: Call,
) => resume(tools, target, { by, ...givenOf({ reason }) })

export const pauses: OperationGroup = {
  title: 'Pauses',
  summary:
    'What is paused, and pausing everything. Jobs, clients and accounts are paused under their own addresses.',
  operations: [
    operation({
      id: 'listPauses',
      method: 'get',
      path: '/pauses',
      role: 'viewer',
      summary: 'Pauses that last, latest first; with `all` those that are over, too.',
      query: z.strictObject({ ...paging, all: Flag.optional() }),
      answer: pageOf(Pause),
      handle: async ({ database }, { query: { limit, after, all = false } }) =>
        cutPage(
          await listPauses(database, { all, limit: limit + 1, ...givenOf({ before: after }) }),
          limit,
          ({ id }) => id,
        ),
    }),
    operation({
      id: 'pauseEverything',
      method: 'post',
      path: '/pause',
      role: 'operator',
      summary: 'Pause all jobs. Attempts under way go on to their ends.',
      body: PauseOrder,
      answer: Pause,
      handle: async (ctx, { body }, call) => pauseFor(ctx, { scope: 'everything' }, body, call),
    }),
    operation({
      id: 'resumeEverything',
      method: 'post',
      path: '/resume',
      role: 'operator',
      summary: 'End the pause of everything. Pauses of single jobs, clients and accounts last on.',
      body: ResumeOrder,
      answer: Pause,
      handle: async (ctx, { body }, call) => resumeFor(ctx, { scope: 'everything' }, body, call),
    }),
  ],
}
