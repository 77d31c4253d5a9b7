import type { SyncContext } from '../../src/job/sync'
import { addDays, dayOf, startOfDay } from '../../src/lib/local-days'
import type { FortellisAccessOptions } from '../../src/vendors/fortellis/access'
import type { cdk } from './definition'

/** How Fortellis is spoken to for an account. A quota that is used up is taken to be renewed when the account's day ends. */
export function accessOf({
  account,
  secrets,
  now,
}: Pick<SyncContext<typeof cdk>, 'account' | 'secrets' | 'now'>): FortellisAccessOptions {
  const tomorrow = startOfDay(addDays(dayOf(now, account.timezone), 1), account.timezone)
  return { secrets, subscriptionId: account.externalId, untilReset: tomorrow.getTime() - now.getTime() }
}
