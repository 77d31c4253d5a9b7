import type { Database } from '../../ledger/database'
import { runsWithoutOpenSyncs, settleRun } from '../../ledger/runs'
import type { WatchEvents } from '../../telemetry/events'

/** Settles runs that still count as running although all their syncs are settled. */
export async function watchRuns(database: Database, events: WatchEvents): Promise<void> {
  for (const runId of await runsWithoutOpenSyncs(database)) {
    const run = await database.transaction((sql) => settleRun(sql, runId))
    if (run) events.runSettled({ jobId: run.job, runId, state: run.state })
  }
}
