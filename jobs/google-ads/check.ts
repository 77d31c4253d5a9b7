import { z } from 'zod'
import { VendorConfigError } from '../../src/job/errors'
import type { Check } from '../../src/job/sync'
import * as read from '../../src/lib/read-fields'
import { GoogleAdsClient } from '../../src/vendors/google/client'
import type { googleAds } from './definition'
import { customerQuery } from './queries'
import { expectSameAccount } from './same-account'

/** One operation: sign-in, developer token and permission are refused here as they would be in a sync. */
export const check: Check<typeof googleAds> = async ({ account, secrets, http, signal, now }) => {
  const client = new GoogleAdsClient(http, secrets, now)
  for await (const { rows } of client.search(account.externalId, customerQuery, z.unknown(), signal)) {
    const [row] = rows
    const customer = read.fieldsOf(read.fieldsOf(row)['customer'])
    if (customer['manager'] === true)
      throw new VendorConfigError(
        `customer ${account.externalId} is a manager, which has no figures of its own`,
      )
    expectSameAccount(row, account)
    return {
      name: textOf(customer['descriptiveName']),
      timezone: textOf(customer['timeZone']),
      notes: [`kept in ${textOf(customer['currencyCode']) ?? 'an unknown currency'}`],
    }
  }
  return {}
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
