import { z } from 'zod'
import type { DeadLetterChoice } from '../../../ledger/work/dead-letters'
import type { Context } from '../../context'
import { Id, JobId } from '../fields'
import { InvalidRequestError } from '../problems'
import { givenOf, knownJob } from '../things'

/** How dead letters are named: by signature, job or both, one by one, or all. */
export const Choice = z.strictObject({
  signature: z.string().min(1).max(200).optional(),
  job: JobId.optional(),
  syncs: z.array(Id).min(1).max(1000).optional().meta({ description: 'Only these; discarded ones, too.' }),
  all: z.literal(true).optional().meta({ description: 'Every dead letter.' }),
})

/** What was named, as the ledger knows it. Nothing, or more than one thing, is refused: nobody means all by saying nothing. */
export function choiceOf(
  ctx: Pick<Context, 'jobs'>,
  { signature, job, syncs, all }: z.output<typeof Choice>,
): DeadLetterChoice {
  const ways = [signature !== undefined || job !== undefined, syncs !== undefined, all === true]
  if (ways.filter(Boolean).length !== 1)
    throw new InvalidRequestError([
      { field: 'body', expected: 'expected one of: signature or job or both; syncs; all' },
    ])
  return givenOf({ signature, job: job && knownJob(ctx, job).id, syncIds: syncs })
}
