import type { SyncData } from './bull-jobs'
import { Consumer, type ConsumerOptions } from './consumer'
import type { Json } from '../job/streams'
import type { Verdict } from './verdict'

/** What performing a sync is handed beside its id. */
export interface SyncTools {
  /** Aborts with an AttemptInterruptedError when the worker stops or loses the lock. */
  readonly signal: AbortSignal
  /** How often the BullMQ job lost its worker. */
  readonly stalls: number
  /** Shown in Bull Board. */
  readonly progress: (progress: { readonly [key: string]: Json }) => Promise<void>
  /** A line in Bull Board's log of the job. */
  readonly log: (line: string) => Promise<void>
}

export type PerformSync = (sync: SyncData, tools: SyncTools) => Promise<Verdict>

/** Consumes one job's queue of syncs. */
export const syncConsumer = (
  options: Omit<ConsumerOptions<SyncData>, 'handle'>,
  perform: PerformSync,
): Consumer<SyncData> =>
  new Consumer<SyncData>({
    ...options,
    handle: (bullJob, _token, signal) =>
      perform(bullJob.data, {
        signal,
        stalls: bullJob.stalledCounter,
        progress: (progress) => bullJob.updateProgress(progress),
        log: async (line) => void (await bullJob.log(line)),
      }),
  })
