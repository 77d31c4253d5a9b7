import { z } from 'zod'
import { hours } from '../../../lib/durations'
import type { RetriedAndTold, RetryOrder as Act } from '../../../runs/dead-letters/retry'
import { Id, JobId, Reason } from '../fields'
import type { Call } from '../operation'
import { givenOf } from '../things'

export const RetryOrder = z.strictObject({
  from: z
    .enum(['position', 'scratch'])
    .default('position')
    .meta({ description: 'Go on at the positions, or read windows from their beginning. Cursors stay.' }),
  intervalMs: z.int().min(0).max(hours(1)).default(0).meta({
    description: 'From one start to the next, so that a vendor that has just recovered is not run over.',
  }),
  reason: Reason.optional(),
})

export const Retried = z
  .object({
    reopened: z.array(z.object({ sync: Id, job: JobId, startsInMs: z.int() })),
    superseded: z
      .array(z.object({ sync: Id, job: JobId }))
      .meta({ description: 'Those that had nothing left to fetch.' }),
    left: z
      .array(z.object({ sync: Id, why: z.string() }))
      .meta({ description: 'Those that are dead letters still, and why.' }),
    queued: z.boolean().meta({
      description: 'False where Redis is away: the leading scheduler queues them once it is back.',
    }),
  })
  .meta({ id: 'Retried', description: 'What became of the dead letters that were to be retried.' })

/** What a retry is told, as the act has it. */
export const retryOrderOf = (
  { from, intervalMs: interval, reason }: Partial<z.output<typeof RetryOrder>>,
  { by }: Call,
): Act => ({ by, ...givenOf({ from, interval, reason }) })

/** What became of dead letters, as the API says it. */
export const retriedForPrograms = ({ reopened, superseded, left, queued }: RetriedAndTold) => ({
  reopened: reopened.map(({ syncId, job, delay = 0 }) => ({ sync: syncId, job, startsInMs: delay })),
  superseded: superseded.map(({ syncId, job }) => ({ sync: syncId, job })),
  left: left.map(({ syncId, why }) => ({ sync: syncId, why })),
  queued,
})
