import { z } from 'zod'
import type { DeadLetterChoice } from '../../../ledger/work/dead-letters'
import { hours } from '../../../lib/durations'
import { toldQueues } from '../../../runs/control/act-tools'
import { queueRetried, retryDeadLetters } from '../../../runs/dead-letters/dead-letters'
import type { Context } from '../../context'
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

/** Retries dead letters in the name of who asks: in the ledger first, then in the queues. */
export async function retryFor(
  { database, tools }: Context,
  choice: DeadLetterChoice,
  order: Partial<z.output<typeof RetryOrder>>,
  { by }: Call,
) {
  const { from, intervalMs: interval, reason } = order
  const retried = await retryDeadLetters(database, choice, {
    by,
    signal: tools.signal,
    ...givenOf({ from, interval, reason }),
  })
  const queued = await toldQueues(tools, async ({ syncJobs }) => queueRetried(syncJobs, retried))
  return {
    reopened: retried.reopened.map(({ syncId, job, delay = 0 }) => ({
      sync: syncId,
      job,
      startsInMs: delay,
    })),
    superseded: retried.superseded.map(({ syncId, job }) => ({ sync: syncId, job })),
    left: retried.left.map(({ syncId, why }) => ({ sync: syncId, why })),
    queued,
  }
}
