import type { Database } from '../../ledger/postgres/database'
import type { SyncJobs } from '../../queue/sync-jobs'
import type { WatchEvents } from '../../telemetry/events'
import { carryOutCancellations } from '../cancel/carry-out-cancellations'

export interface CancellationWatch {
  readonly database: Database
  readonly syncJobs: SyncJobs
  readonly events: WatchEvents
}

/** Ends what was cancelled and neither its worker nor whoever cancelled it has ended, and takes it out of the queues. */
export async function watchCancellations({ database, syncJobs, events }: CancellationWatch): Promise<void> {
  const { syncs, runs } = await carryOutCancellations(database)
  if (syncs.length === 0) return
  events.syncsCancelled({ syncs: syncs.length })
  for (const { id, job, state } of runs) events.runSettled({ jobId: job, runId: id, state })
  await syncJobs.remove(syncs.filter(({ job }) => syncJobs.knows(job)))
}
