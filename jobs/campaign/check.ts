import { z } from 'zod'
import { VendorConfigError } from '../../src/job/errors'
import type { Check, Findings } from '../../src/job/sync'
import * as read from '../../src/lib/read-fields'
import { GoogleAdsClient } from '../../src/vendors/google/client'
import { MetaClient } from '../../src/vendors/meta/client'
import { platformOf, type Platform } from '../ads-creatives/platform-of'
import type { campaign } from './definition'
import { customerQuery } from './google-queries'

type Context = Parameters<Check<typeof campaign>>[0]

/** One call: sign-in and permission are refused here as they would be in a sync. */
export const check: Check<typeof campaign> = async (context) => {
  const platform = platformOf(context.account.externalId, context.secrets)
  return platform.name === 'google' ? checkGoogle(context, platform) : checkMeta(context, platform)
}

async function checkGoogle(
  { http, now, signal }: Context,
  { id, secrets }: Platform & { readonly name: 'google' },
): Promise<Findings> {
  const client = new GoogleAdsClient(http, secrets, now)
  for await (const { rows } of client.search(id, customerQuery, z.unknown(), signal)) {
    const customer = read.fieldsOf(read.fieldsOf(rows[0])['customer'])
    if (customer['manager'] === true)
      throw new VendorConfigError(`customer ${id} is a manager, which has no campaigns of its own`)
    return {
      name: textOf(customer['descriptiveName']),
      timezone: textOf(customer['timeZone']),
      notes: keptIn(textOf(customer['currencyCode'])),
    }
  }
  return {}
}

async function checkMeta(
  { http, signal }: Context,
  { id, secrets }: Platform & { readonly name: 'meta' },
): Promise<Findings> {
  const client = new MetaClient(http, { secrets, accountId: id, product: 'management' })
  const { name, timezone_name: timezone, account_status: status, currency } = await client.account(signal)
  const isActive = status === undefined || status === 1
  return {
    name,
    timezone,
    notes: [
      ...keptIn(currency),
      ...(isActive ? [] : [`the vendor gives the ad account the status ${status}`]),
    ],
  }
}

const keptIn = (currency: string | undefined): string[] =>
  currency === undefined ? [] : [`its budgets are in ${currency}`]

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
