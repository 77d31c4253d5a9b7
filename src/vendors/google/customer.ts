import { z } from 'zod'
import { VendorConfigError } from '../../job/errors'
import { fieldsOf } from '../../lib/read-fields'
import type { GoogleAdsClient } from './client'

const query =
  'SELECT customer.id, customer.descriptive_name, customer.currency_code, customer.time_zone, ' +
  'customer.manager, customer.status FROM customer'

/** An account as Google describes it. */
export interface Customer {
  readonly name: string | undefined
  readonly timezone: string | undefined
  readonly currency: string | undefined
  /** As it came. */
  readonly row: unknown
}

/**
 * The account itself: a cheap check that sign-in, developer token and permission are good for it; undefined where Google
 * tells nothing. Throws `VendorConfigError` for a manager, which has nothing of what is `wanted`.
 */
export async function customerOf(
  client: GoogleAdsClient,
  customerId: string,
  wanted: string,
  signal: AbortSignal,
): Promise<Customer | undefined> {
  for await (const { rows } of client.search(customerId, query, z.unknown(), signal)) {
    const [row] = rows
    const customer = fieldsOf(fieldsOf(row)['customer'])
    if (customer['manager'] === true)
      throw new VendorConfigError(`customer ${customerId} is a manager, which has no ${wanted} of its own`)
    return {
      name: textOf(customer['descriptiveName']),
      timezone: textOf(customer['timeZone']),
      currency: textOf(customer['currencyCode']),
      row,
    }
  }
  return undefined
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined)
