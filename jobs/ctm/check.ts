import type { Check } from '../../src/job/sync'
import { ctmAccess } from '../../src/vendors/ctm/access'
import { CtmClient } from '../../src/vendors/ctm/client'
import type { ctm } from './definition'

/** One call: a key that may not read the account is refused here as it would be in a sync. */
export const check: Check<typeof ctm> = async ({ account, secrets, http, signal }) => {
  const { name, status } = await new CtmClient(http.for(ctmAccess(secrets))).account(
    account.externalId,
    signal,
  )
  return {
    name: name ?? undefined,
    notes: status && status !== 'active' ? [`the vendor calls the account ${status}`] : [],
  }
}
