import type { Job as BullJob } from 'bullmq'
import { seconds } from '../lib/durations'
import type { Json } from '../job/streams'
import { instantOf, type RunData, type TickData } from './bull-jobs'
import { Consumer, type ConsumerOptions } from './consumer'
import type { Parent, QueuedSync, SyncJobs } from './sync-jobs'
import type { Verdict } from './verdict'

/** What a job in the queue of runs asks for. */
export type RunOrder =
  /** A due instant of a job. */
  | { readonly kind: 'tick'; readonly jobId: string; readonly version: number; readonly dueAt: Date }
  /** A run by hand from the template of a job scheduler; the key makes a repeated attempt the same run. */
  | { readonly kind: 'manual'; readonly jobId: string; readonly version: number; readonly requestKey: string }
  /** A run that the ledger has already. */
  | { readonly kind: 'run'; readonly runId: string; readonly version: number }

/** What an order has come to. */
export type RunProgress =
  /** Nothing more to wait for; `result` is what Bull Board shows. */
  | { readonly kind: 'settled'; readonly result: Json }
  /** These syncs are still open in the ledger; `fresh` where they were planned just now, so that none is queued yet. */
  | { readonly kind: 'open'; readonly syncs: readonly QueuedSync[]; readonly fresh: boolean }
  /** A newer worker must do it. */
  | { readonly kind: 'newer'; readonly after: number }
  /** Nothing may start now. */
  | { readonly kind: 'later'; readonly after: number }

export type CarryOutRun = (order: RunOrder) => Promise<RunProgress>

/** How often a run is looked at whose syncs are not its BullMQ children (they were queued anew after a loss). */
const lookAgain = seconds(5)

/** Consumes the queue of runs. Planning is short; waiting for syncs holds no worker. */
export const runConsumer = (
  options: Omit<ConsumerOptions<TickData | RunData>, 'handle'>,
  carryOut: CarryOutRun,
  syncJobs: SyncJobs,
): Consumer<TickData | RunData> =>
  new Consumer<TickData | RunData>({
    ...options,
    handle: async (bullJob, token): Promise<Verdict> => {
      const progress = await carryOut(orderOf(bullJob))
      if (progress.kind === 'newer' || progress.kind === 'later')
        return { kind: 'wait', after: progress.after }
      if (progress.kind === 'open') {
        const parent = parentOf(bullJob)
        if (progress.fresh) await syncJobs.addNew(progress.syncs, parent)
        else await syncJobs.addMissing(progress.syncs, parent)
      }
      // BullMQ fails a parent that returns while children are pending, so it waits for them whatever the ledger says.
      if (await bullJob.moveToWaitingChildren(token)) return { kind: 'wait-for-children' }
      return progress.kind === 'settled'
        ? { kind: 'done', result: progress.result }
        : { kind: 'wait', after: lookAgain }
    },
  })

const parentOf = (bullJob: BullJob): Parent => ({ id: bullJob.id ?? '', queue: bullJob.queueQualifiedName })

function orderOf({ id, data, timestamp }: BullJob<TickData | RunData>): RunOrder {
  if (data.kind === 'run') return data
  const dueAt = instantOf(id)
  if (dueAt) return { ...data, dueAt }
  // BullMQ counts ids from 1 again when Redis has lost its memory.
  return {
    kind: 'manual',
    jobId: data.jobId,
    version: data.version,
    requestKey: `bull-job ${id} ${timestamp}`,
  }
}
