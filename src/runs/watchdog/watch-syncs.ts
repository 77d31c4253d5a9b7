import type { Database } from '../../ledger/postgres/database'
import { openSyncs, stillOpen, type SyncOrder } from '../../ledger/work/open-syncs'
import { seconds } from '../../lib/durations'
import type { SyncJobs, SyncJobState } from '../../queue/sync-jobs'
import type { WatchEvents } from '../../telemetry/events'

/** An open sync may be this old before its BullMQ job is looked for: its run may still be queueing it. */
const queueingPatience = seconds(10)

/** Syncs compared with Redis at a time. */
const batch = 1000

export interface SyncWatch {
  readonly database: Database
  readonly syncJobs: SyncJobs
  readonly events: WatchEvents
}

/**
 * Queues again every open sync whose BullMQ job is gone, or over although the ledger says that the sync is not.
 * Syncs of a job that this build does not know are left to a newer one.
 */
export async function watchSyncs(watch: SyncWatch, patience = queueingPatience): Promise<void> {
  let after = '0'
  for (;;) {
    const open = await openSyncs(watch.database, { age: patience, after, limit: batch })
    const last = open.at(-1)
    if (!last) return
    await requeue(
      watch,
      open.filter(({ job }) => watch.syncJobs.knows(job)),
    )
    after = last.syncId
  }
}

async function requeue({ database, syncJobs, events }: SyncWatch, open: readonly SyncOrder[]): Promise<void> {
  const states = await syncJobs.statesOf(open)
  const lacking = open.filter((_, index) => states[index] !== 'pending')
  if (lacking.length === 0) return
  // A sync is settled before its BullMQ job is over, so one that is still open now was not on its way to its end.
  const still = new Set(
    await stillOpen(
      database,
      lacking.map(({ syncId }) => syncId),
    ),
  )
  const of = (state: SyncJobState) =>
    open.filter(({ syncId }, index) => states[index] === state && still.has(syncId))
  const [gone, over] = [of('gone'), of('over')]
  await syncJobs.addMissing(gone)
  await syncJobs.replace(over)
  if (gone.length + over.length > 0) events.syncsRequeued({ gone: gone.length, over: over.length })
}
