import type { Check } from '../../src/job/sync'
import { platformOf } from '../../src/vendors/ad-platform'
import { GoogleAdsClient } from '../../src/vendors/google/client'
import { customerOf } from '../../src/vendors/google/customer'
import { oddStanding } from '../../src/vendors/meta/answers'
import { MetaClient } from '../../src/vendors/meta/client'
import type { adsCreatives } from './definition'

/** One call: sign-in and permission are refused here as they would be in a sync. */
export const check: Check<typeof adsCreatives> = async ({ account, secrets: given, http, now, signal }) => {
  const { name: platform, id, secrets } = platformOf(account.externalId, given)
  if (platform === 'google') {
    const customer = await customerOf(new GoogleAdsClient(http, secrets, now), id, 'ads', signal)
    if (!customer) return {}
    const { name, timezone } = customer
    return { name, timezone }
  }
  const client = new MetaClient(http, { secrets, accountId: id, product: 'management' })
  const found = await client.account(signal)
  const { name, timezone_name: timezone } = found
  return { name, timezone, notes: oddStanding(found) }
}
