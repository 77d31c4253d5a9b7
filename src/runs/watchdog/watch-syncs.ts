import type { Database } from '../../ledger/database'
import { openSyncs, type SyncOrder } from '../../ledger/syncs'
import { seconds } from '../../lib/durations'
import type { SyncJobs } from '../../queue/sync-jobs'
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

/** Queues again every open sync whose BullMQ job is gone, or over although the ledger says that the sync is not. */
export async function watchSyncs(
  { database, syncJobs, events }: SyncWatch,
  patience = queueingPatience,
): Promise<void> {
  let after = '0'
  for (;;) {
    const open = await openSyncs(database, { age: patience, after, limit: batch })
    const last = open.at(-1)
    if (!last) return
    await requeue(open, syncJobs, events)
    after = last.syncId
  }
}

async function requeue(open: readonly SyncOrder[], syncJobs: SyncJobs, events: WatchEvents): Promise<void> {
  const states = await syncJobs.statesOf(open)
  const gone = open.filter((_, index) => states[index] === 'gone')
  const over = open.filter((_, index) => states[index] === 'over')
  if (gone.length + over.length === 0) return
  await syncJobs.addMissing(gone)
  await syncJobs.replace(over)
  events.syncsRequeued({ gone: gone.length, over: over.length })
}
