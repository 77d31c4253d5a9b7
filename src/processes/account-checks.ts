import type { Config } from '../../config/config'
import { configuredJobs } from '../../config/configured-jobs'
import { checks } from '../../jobs/checks'
import type { AnyCheck } from '../job/sync'
import type { AccountAccess } from '../ledger/accounts/account-access'
import { type AccountVerdict, checkAccounts, type CheckableJob } from '../runs/accounts/check-accounts'
import { VendorDoors } from './vendor-doors'

/**
 * Checks accounts at their vendors, and yields what became of each, in their order. This module is the only one that loads
 * the checks of all jobs, and only the command that needs them loads it.
 */
export async function* checkAtVendors(
  config: Config,
  accounts: readonly AccountAccess[],
  signal: AbortSignal,
): AsyncGenerator<AccountVerdict, void, undefined> {
  await using vendors = await VendorDoors.open(config, signal)
  const { doors } = vendors
  yield* checkAccounts(accounts, { jobs: checkable(config), doors, now: () => new Date(), signal })
}

function checkable(config: Config): Map<string, CheckableJob> {
  const byJob: Readonly<Record<string, AnyCheck>> = checks
  const jobs = new Map<string, CheckableJob>()
  for (const job of configuredJobs(config)) {
    const check = byJob[job.id]
    if (check) jobs.set(job.id, { job, check })
  }
  return jobs
}
