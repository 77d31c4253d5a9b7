import type { SyncJobs } from '../../queue/sync-jobs'
import { CommandTools } from './act-tools'
import type { OpenLedger } from './context'
import { CommandError } from './outcome'

/**
 * Does something to the syncs' BullMQ jobs that the ledger knows of already.
 * Where Redis cannot be reached, fails with what that means: `otherwise`.
 */
export async function withSyncJobs(
  ledger: OpenLedger,
  signal: AbortSignal,
  work: (syncJobs: SyncJobs) => Promise<void>,
  otherwise: string,
): Promise<void> {
  await using tools = new CommandTools(ledger, signal)
  try {
    const { syncJobs } = await tools.queues()
    await work(syncJobs)
  } catch (cause) {
    throw new CommandError(otherwise, { cause })
  }
}
