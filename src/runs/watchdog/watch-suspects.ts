import { closeIncident } from '../../ledger/gates/incidents'
import type { Database } from '../../ledger/postgres/database'
import { suspectsCleared } from '../../ledger/work/suspects'
import type { WatchEvents } from '../../telemetry/events'

/** Tells of syncs that were isolated and are not any more: they got on, or are over. */
export async function watchSuspects(database: Database, events: WatchEvents): Promise<void> {
  for (const { syncId, state, isOpen } of await suspectsCleared(database)) {
    const closing = isOpen ? 'it wrote a page and is tried like any other again' : `it ended: ${state}`
    const isNews = await closeIncident(
      database,
      { kind: 'sync-isolated', subject: `sync ${syncId}` },
      closing,
    )
    if (isNews) events.isolationEnded({ syncId, state })
  }
}
