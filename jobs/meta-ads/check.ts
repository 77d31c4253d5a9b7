import type { Check } from '../../src/job/sync'
import { oddStanding } from '../../src/vendors/meta/answers'
import { MetaClient } from '../../src/vendors/meta/client'
import type { metaAds } from './definition'

/** One call: a token that may not read the ad account is refused here as it would be in a sync. */
export const check: Check<typeof metaAds> = async ({ account, secrets, http, signal }) => {
  const client = new MetaClient(http, { secrets, accountId: account.externalId, product: 'insights' })
  const found = await client.account(signal)
  const { name, timezone_name: timezone, currency } = found
  const money = currency === undefined ? [] : [`its figures are in ${currency}`]
  return { name, timezone, notes: [...money, ...oddStanding(found)] }
}
