import type { Page } from '../../job/streams'
import type { Database } from '../../ledger/postgres/database'
import { isLiveSyncDue, type SyncRow } from '../../ledger/work/syncs'
import { seconds } from '../../lib/durations'
import type { Claim } from './claim-sync'

/** How soon a backfill looks again that has made way. Longer than a live sync waits that found the account taken. */
export const wayMade = seconds(5)

/** Tells whether live work waits that a backfill must make way for. */
export interface LiveWork {
  /** A live sync of the same account could be under way but for us. */
  readonly ofAccount: (sync: Pick<SyncRow, 'accountId'>) => Promise<boolean>
  /** A live sync of any account of the job waits for a worker's place. */
  readonly ofJob: (sync: Pick<SyncRow, 'job'>) => Promise<boolean>
}

/** `waiting` counts the live syncs in a job's queue that could start at once. */
export const liveWork = (database: Database, waiting: (jobId: string) => Promise<number>): LiveWork => ({
  ofAccount: async ({ accountId }) => isLiveSyncDue(database, accountId),
  ofJob: async ({ job }) => (await waiting(job)) > 0,
})

/**
 * True where a backfill should stop here for live work: not where the page left no position, or what it read would have to be
 * read again, and so on for ever; nor in a stream that has been read and is only come past again.
 */
export async function mustMakeWay(
  waiting: LiveWork,
  { sync, backfill }: Pick<Claim, 'sync' | 'backfill'>,
  page: Page,
): Promise<boolean> {
  const isResumable = page.position !== undefined && page.position !== null
  if (!backfill || !isResumable || backfill.read.includes(page.stream)) return false
  return (await waiting.ofAccount(sync)) || waiting.ofJob(sync)
}
