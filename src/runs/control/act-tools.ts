import type { Database } from '../../ledger/postgres/database'
import type { BreakLease } from '../../queue/break-lease'
import type { Queues } from '../../queue/queues'
import type { SyncJobs } from '../../queue/sync-jobs'

/** What the acts of people work with, whichever way they came. */
export interface ActTools {
  readonly database: Database
  /** Opened by the first act that needs them. Fails where Redis cannot be reached. */
  readonly queues: () => Promise<ActQueues>
  /** A cron pattern may have seconds, as in the settings of development and tests. Default false. */
  readonly allowsSeconds?: boolean
  readonly signal: AbortSignal
}

/** The queues, and what is in Redis beside them. */
export interface ActQueues {
  readonly queues: Queues
  readonly syncJobs: SyncJobs
  readonly breakLease: BreakLease
}

/**
 * Tells the queues what the ledger knows already. False where Redis cannot be reached: nothing is lost, for the leading
 * scheduler tells them once it can.
 */
export async function toldQueues(
  { queues }: ActTools,
  tell: (queues: ActQueues) => Promise<void>,
): Promise<boolean> {
  try {
    await tell(await queues())
    return true
  } catch {
    return false
  }
}
