import type { Check } from '../../src/job/sync'
import { dealertrendAccess } from '../../src/vendors/dealertrend/access'
import { DealerTrendClient } from '../../src/vendors/dealertrend/client'
import type { dealertrend } from './definition'

/** One call: a wrong host, company id or token is refused here as it would be in a sync. */
export const check: Check<typeof dealertrend> = async ({ account, secrets, http, signal }) => {
  const { settings, externalId } = account
  const access = dealertrendAccess({ ...settings, ...secrets }, http.baseUrls.dealertrend)
  const company = await new DealerTrendClient(http.for(access), externalId).company(signal)
  const members = company.automall_ids?.length ?? 0
  return {
    name: company.name ?? undefined,
    notes: members > 0 ? [`a group: the vehicles of ${members} companies are listed under it`] : [],
  }
}
