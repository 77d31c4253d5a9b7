import type { Check } from '../../src/job/sync'
import { GoogleAdsClient } from '../../src/vendors/google/client'
import { customerOf } from '../../src/vendors/google/customer'
import type { googleAds } from './definition'
import { expectSameAccount } from './same-account'

/** One operation: sign-in, developer token and permission are refused here as they would be in a sync. */
export const check: Check<typeof googleAds> = async ({ account, secrets, http, signal, now }) => {
  const client = new GoogleAdsClient(http, secrets, now)
  const customer = await customerOf(client, account.externalId, 'figures', signal)
  if (!customer) return {}
  const { name, timezone, currency, row } = customer
  expectSameAccount(row, account)
  return { name, timezone, notes: [`kept in ${currency ?? 'an unknown currency'}`] }
}
