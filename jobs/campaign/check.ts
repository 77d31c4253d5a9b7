import type { Check } from '../../src/job/sync'
import { platformOf } from '../../src/vendors/ad-platform'
import { GoogleAdsClient } from '../../src/vendors/google/client'
import { customerOf } from '../../src/vendors/google/customer'
import { oddStanding } from '../../src/vendors/meta/answers'
import { MetaClient } from '../../src/vendors/meta/client'
import type { campaign } from './definition'

/** One call: sign-in and permission are refused here as they would be in a sync. */
export const check: Check<typeof campaign> = async ({ account, secrets: given, http, now, signal }) => {
  const { name: platform, id, secrets } = platformOf(account.externalId, given)
  if (platform === 'google') {
    const customer = await customerOf(new GoogleAdsClient(http, secrets, now), id, 'campaigns', signal)
    if (!customer) return {}
    const { name, timezone, currency } = customer
    return { name, timezone, notes: keptIn(currency) }
  }
  const client = new MetaClient(http, { secrets, accountId: id, product: 'management' })
  const found = await client.account(signal)
  const { name, timezone_name: timezone, currency } = found
  return { name, timezone, notes: [...keptIn(currency), ...oddStanding(found)] }
}

const keptIn = (currency: string | undefined): string[] =>
  currency === undefined ? [] : [`its budgets are in ${currency}`]
