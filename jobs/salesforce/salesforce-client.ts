import type { SyncContext } from '../../src/job/sync'
import { SalesforceClient } from '../../src/vendors/salesforce/client'
import type { salesforce } from './definition'

/** The client for one attempt at an account, within the budget that its settings leave us. */
export function salesforceClient(
  {
    account,
    secrets,
    http,
    now,
  }: Pick<SyncContext<typeof salesforce>, 'account' | 'secrets' | 'http' | 'now'>,
  mayUseReserve: boolean,
): SalesforceClient {
  const startedAt = performance.now()
  return new SalesforceClient({
    door: http,
    secrets,
    budget: { share: account.settings.api_budget_share, mayUseReserve },
    // An attempt may take so long that its start is too old for an assertion.
    now: () => new Date(now.getTime() + performance.now() - startedAt),
  })
}
