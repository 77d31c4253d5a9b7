import type { Config } from '../../config/config'
import { syncs } from '../../jobs/syncs'
import type { Job } from '../job/define-job'
import type { SyncError } from '../job/errors'
import type { DayWindow } from '../job/streams'
import type { AnySync } from '../job/sync'
import type { AccountAccess } from '../ledger/accounts/account-access'
import type { Database } from '../ledger/postgres/database'
import { wait } from '../lib/wait'
import { type AccountComparison, compareAccounts } from '../runs/accounts/compare-accounts'
import { VendorDoors } from './vendor-doors'

export interface ComparisonRequest {
  readonly job: Job
  readonly accounts: readonly AccountAccess[]
  readonly streams: readonly string[]
  readonly days: DayWindow | undefined
  readonly waiting: (error: SyncError, milliseconds: number) => void
}

/**
 * Compares tables with vendors in the foreground. Beside the worker this module is the only one that loads the syncs of all
 * jobs: a comparison must read as the job itself reads, or it would compare two ways of reading.
 */
export async function* compareWithVendor(
  config: Config,
  database: Database,
  { job, accounts, ...request }: ComparisonRequest,
  signal: AbortSignal,
): AsyncGenerator<AccountComparison, void, undefined> {
  const bySync: Readonly<Record<string, AnySync>> = syncs
  const sync = bySync[job.id]
  if (!sync) throw new Error(`${job.id} has no sync`)
  await using vendors = await VendorDoors.open(config, signal)
  const { doors } = vendors
  yield* compareAccounts(accounts, {
    ...request,
    database,
    job,
    sync,
    doors,
    signal,
    wait,
    now: () => new Date(),
    random: Math.random,
  })
}
