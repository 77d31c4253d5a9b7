import type { PauseTarget } from '../../ledger/control/pauses'
import { waitingSyncsOf } from '../../ledger/work/open-syncs'
import { bullIdsIn } from '../../queue/bull-ids'
import { runsQueue, syncIdOf } from '../../queue/bull-jobs'
import { cancelRun } from '../../runs/cancel/cancel'
import { cancelSyncs } from '../../runs/cancel/cancel-syncs'
import { ActRefusedError } from '../../runs/control/act-refused'
import { toldQueues } from '../../runs/control/act-tools'
import { pause, resume } from '../../runs/control/pause'
import { discardDeadLetters } from '../../runs/dead-letters/dead-letters'
import { retryChosen } from '../../runs/dead-letters/retry'
import { cancelToolsOf } from '../../runs/cancel/cancel-tools'
import { jobNamed } from '../job-of'
import { type BoardAct, type BoardOrder, done } from './board-act'
import { runsBehind } from './runs-behind'

const queueOf = ({ params }: BoardOrder): string => params['queueName'] ?? ''

/** The queue of runs stands for everything: without it nothing would start. */
const targetOf = (order: BoardOrder): PauseTarget => {
  const queue = queueOf(order)
  return queue === '' || queue === runsQueue
    ? { scope: 'everything' }
    : { scope: 'job', id: jobNamed(order.ctx.jobs, queue).id }
}

/** A paused queue is a pause. */
export const pauseQueue: BoardAct = async (order) => {
  await pause(order.ctx.tools, targetOf(order), { by: order.by, reason: order.reason })
  return done
}

/** A resumed queue is the end of a pause. */
export const resumeQueue: BoardAct = async (order) => {
  await resume(order.ctx.tools, targetOf(order), { by: order.by, reason: order.reason })
  return done
}

/** What waits in a drained queue is cancelled. */
export const drainQueue: BoardAct = async (order) => {
  const { ctx } = order
  const queue = queueOf(order)
  if (queue === runsQueue) return cancelRuns(order, await bullIdsIn(queueNamed(order), 'waiting-children'))
  await cancelAll(order, await waitingSyncsOf(ctx.database, jobNamed(ctx.jobs, queue).id))
  return done
}

/** What is cleaned away is cancelled where it is open, and discarded where it is a dead letter. What is over leaves the board only. */
export const cleanState: BoardAct = async (order) => {
  const { ctx, by, reason, params } = order
  const state = params['queueStatus'] ?? ''
  const queue = queueOf(order)
  if (state === 'completed') return 'board'
  if (state === 'failed') {
    if (queue !== runsQueue) {
      const choice = { job: jobNamed(ctx.jobs, queue).id }
      const discarded = await discardDeadLetters(ctx.database, choice, { by, reason })
      await toldQueues(ctx.tools, async ({ syncJobs }) => syncJobs.remove(discarded))
    }
    return 'board'
  }
  const bullIds = await bullIdsIn(queueNamed(order), state)
  if (queue === runsQueue) return cancelRuns(order, bullIds)
  await cancelAll(
    order,
    bullIds.flatMap((id) => syncIdOf(id) ?? []),
  )
  return done
}

/** Retrying what has failed is retrying the job's dead letters. */
export const retryState: BoardAct = async (order) => {
  const { ctx, by, reason, params } = order
  const queue = queueOf(order)
  if (params['queueStatus'] !== 'failed' || queue === runsQueue) return 'board'
  const choice = { job: jobNamed(ctx.jobs, queue).id }
  const { reopened, superseded, left } = await retryChosen(ctx.tools, choice, { by, reason })
  return { status: 200, body: { retried: reopened.length + superseded.length, skipped: left.length } }
}

const queueNamed = ({ ctx, params }: BoardOrder) => {
  const queue = ctx.queues.find(({ name }) => name === params['queueName'])
  if (!queue) throw new ActRefusedError('not-found', `There is no queue “${params['queueName']}”.`)
  return queue
}

async function cancelAll({ ctx, by, reason, params }: BoardOrder, syncIds: readonly string[]): Promise<void> {
  const subject = `job ${params['queueName']}`
  await cancelSyncs(ctx.database, syncIds, subject, { ...by, reason }, cancelToolsOf(ctx.tools))
}

async function cancelRuns(order: BoardOrder, bullIds: readonly string[]) {
  const { ctx, by, reason } = order
  const runIds = await runsBehind(ctx.database, bullIds)
  if (runIds.length === 0)
    throw new ActRefusedError(
      'conflict',
      'No run stands behind these. The next ticks of the schedules stay: pause a job instead.',
    )
  await Promise.all(
    runIds.map((id) => cancelRun(ctx.database, id, { ...by, reason }, cancelToolsOf(ctx.tools))),
  )
  return done
}
