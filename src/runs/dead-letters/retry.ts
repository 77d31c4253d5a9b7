import type { DeadLetterChoice } from '../../ledger/work/dead-letters'
import { findSync } from '../../ledger/work/syncs'
import { ActRefusedError } from '../control/act-refused'
import { type ActTools, toldQueues } from '../control/act-tools'
import { queueRetried, type Retried, retryDeadLetters, type RetryOptions } from './dead-letters'

/** Who retries, why, from where and how fast. */
export type RetryOrder = Omit<RetryOptions, 'signal'>

/** What became of dead letters in the ledger, and whether the queues know it. */
export interface RetriedAndTold extends Retried {
  /** False where Redis is away: the leading scheduler queues them once it is back. */
  readonly queued: boolean
}

/** Retries the chosen dead letters, in the ledger first, then in the queues. */
export async function retryChosen(
  tools: ActTools,
  choice: DeadLetterChoice,
  order: RetryOrder,
): Promise<RetriedAndTold> {
  const retried = await retryDeadLetters(tools.database, choice, { ...order, signal: tools.signal })
  const isNothing = retried.reopened.length + retried.superseded.length === 0
  const queued =
    isNothing || (await toldQueues(tools, async ({ syncJobs }) => queueRetried(syncJobs, retried)))
  return { ...retried, queued }
}

/** Retries one dead letter. Refused where it is none, and where it has to stay one: its account is parked, say. */
export async function retrySync(tools: ActTools, syncId: string, order: RetryOrder): Promise<RetriedAndTold> {
  const sync = await findSync(tools.database, syncId)
  if (!sync)
    throw new ActRefusedError('not-found', `there is no sync ${syncId}; see \`syncfleet dead-letters list\``)
  if (sync.state !== 'failed')
    throw new ActRefusedError('conflict', `sync ${syncId} is ${sync.state}: only a failed one can be retried`)
  const retried = await retryChosen(tools, { syncIds: [syncId] }, order)
  const [left] = retried.left
  if (left) throw new ActRefusedError('conflict', `sync ${syncId} stays as it is: ${left.why}`)
  if (retried.reopened.length + retried.superseded.length === 0)
    throw new ActRefusedError('conflict', `sync ${syncId} was retried just now: look again`)
  return retried
}
