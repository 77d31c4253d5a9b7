import type { Check } from '../../src/job/sync'
import { MetaClient } from '../../src/vendors/meta/client'
import type { metaAds } from './definition'

/** One call: a token that may not read the ad account is refused here as it would be in a sync. */
export const check: Check<typeof metaAds> = async ({ account, secrets, http, signal }) => {
  const client = new MetaClient(http, { secrets, accountId: account.externalId, product: 'insights' })
  const { name, timezone_name: timezone, account_status: status, currency } = await client.account(signal)
  return {
    name,
    timezone,
    notes: [
      ...(currency === undefined ? [] : [`its figures are in ${currency}`]),
      ...(status === undefined || status === 1
        ? []
        : [`the vendor gives the ad account the status ${status}`]),
    ],
  }
}
