import { e164 } from '../../src/lib/contacts'
import type { Fields } from '../../src/lib/read-fields'

/**
 * The caller's number as E.164, so that the same caller has one hash however the vendor writes the number.
 * Undefined where the number is withheld or is none.
 */
export function callerNumber(call: Fields): string | undefined {
  const country = call['country']
  return e164(call['caller_number'], country) ?? e164(call['caller_number_bare'], country)
}

/** The first three characters of a postal code: an area, not an address. Null where it has fewer. */
export function postalArea(value: unknown): string | null {
  const code = typeof value === 'number' ? String(value).padStart(5, '0') : value
  if (typeof code !== 'string') return null
  const bare = code.replace(/[^\p{L}\p{N}]/gu, '')
  return bare.length >= 3 ? bare.slice(0, 3).toUpperCase() : null
}
