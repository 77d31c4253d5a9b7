import { VendorConfigError } from '../../src/job/errors'
import * as read from '../../src/lib/read-fields'

export interface Expected {
  readonly externalId: string
  readonly timezone: string
  readonly settings: { readonly currency?: string | undefined }
}

/**
 * Throws `VendorConfigError` where Google keeps the account in another zone than we have it in, or in another currency
 * than its settings say: its days and its money would be told wrongly.
 */
export function expectSameAccount(row: unknown, { externalId, timezone, settings }: Expected): void {
  const customer = read.fieldsOf(read.fieldsOf(row)['customer'])
  const { timeZone, currencyCode } = customer
  if (typeof timeZone === 'string' && !isSameZone(timeZone, timezone))
    throw new VendorConfigError(
      `customer ${externalId} is in ${named(timeZone)} at Google, and in ${timezone} here: correct the account’s timezone`,
    )
  const { currency } = settings
  if (currency !== undefined && typeof currencyCode === 'string' && currencyCode !== currency)
    throw new VendorConfigError(
      `customer ${externalId} is kept in ${named(currencyCode)} at Google, and in ${currency} here: correct the account’s currency`,
    )
}

/** The same name, or another one of the same zone. */
function isSameZone(a: string, b: string): boolean {
  return a === b || (canonical(a) !== undefined && canonical(a) === canonical(b))
}

function canonical(zone: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone
  } catch {
    return undefined
  }
}

/** Only what looks like a zone or a currency goes into a message. */
const named = (text: string): string => (/^[\w/+-]{1,40}$/.test(text) ? text : 'something unknown')
