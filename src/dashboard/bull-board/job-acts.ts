import { findSync, isOpen } from '../../ledger/work/syncs'
import { jobOfTick, runsQueue, syncIdOf } from '../../queue/bull-jobs'
import { cancelRun, cancelSync } from '../../runs/cancel/cancel'
import { ActRefusedError } from '../../runs/control/act-refused'
import { toldQueues } from '../../runs/control/act-tools'
import { discardDeadLetters } from '../../runs/dead-letters/dead-letters'
import { retrySync } from '../../runs/dead-letters/retry'
import { cancelToolsOf } from '../../runs/cancel/cancel-tools'
import { type BoardAct, type BoardOrder, done, doneQuietly } from './board-act'
import { runsBehind } from './runs-behind'
import { runInsteadOfTick } from './schedule-acts'

/** The sync that the BullMQ job stands for; undefined where the ledger knows none. */
async function syncOf({ ctx, params }: BoardOrder) {
  const id = params['queueName'] === runsQueue ? undefined : syncIdOf(params['jobId'] ?? '')
  return id === undefined ? undefined : findSync(ctx.database, id)
}

/** Retrying a failed job is retrying its dead letter. */
export const retryJob: BoardAct = async (order) => {
  const { ctx, by, reason } = order
  const sync = await syncOf(order)
  if (!sync) return 'board'
  await retrySync(ctx.tools, sync.id, { by, reason })
  return doneQuietly
}

/** A removed job is cancelled where it is open, and discarded where it is a dead letter. What is over leaves the board only. */
export const removeJob: BoardAct = async (order) => {
  const { ctx, by, reason } = order
  const sync = await syncOf(order)
  if (sync && isOpen(sync)) {
    await cancelSync(ctx.database, sync.id, { ...by, reason }, cancelToolsOf(ctx.tools))
    return doneQuietly
  }
  if (sync?.state === 'failed') {
    const discarded = await discardDeadLetters(ctx.database, { syncIds: [sync.id] }, { by, reason })
    await toldQueues(ctx.tools, async ({ syncJobs }) => syncJobs.remove(discarded))
    return doneQuietly
  }
  return (await cancelRunBehind(order)) ? doneQuietly : 'board'
}

/** A run without the syncs that wait for their turn is a cancelled one. */
export const removeChildren: BoardAct = async (order) => {
  if (await cancelRunBehind(order)) return done
  throw new ActRefusedError('conflict', 'No run under way stands behind this job.')
}

/** A promoted tick is a run by hand. Other waits are the fleet's and the vendors'. */
export const promoteJob: BoardAct = async (order) => {
  const jobId = jobOfTick(order.params['jobId'] ?? '')
  if (jobId === undefined) throw new ActRefusedError('conflict', 'Waits are set by the fleet and by vendors.')
  await runInsteadOfTick(order, jobId)
  return doneQuietly
}

async function cancelRunBehind({ ctx, by, reason, params }: BoardOrder): Promise<boolean> {
  if (params['queueName'] !== runsQueue) return false
  const [runId] = await runsBehind(ctx.database, [params['jobId'] ?? ''])
  if (runId === undefined) return false
  await cancelRun(ctx.database, runId, { ...by, reason }, cancelToolsOf(ctx.tools))
  return true
}
