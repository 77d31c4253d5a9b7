import type { Fields } from '../../src/lib/read-fields'

/** Countries whose numbers have ten digits behind a 1. */
const northAmerica = new Set(['', 'US', 'CA', 'USA', 'UNITED STATES', 'CANADA'])

/**
 * The caller's number as E.164, so that the same caller has one hash however the vendor writes the number.
 * Undefined where the number is withheld or is none.
 */
export function callerNumber(call: Fields): string | undefined {
  const country = typeof call['country'] === 'string' ? call['country'].trim().toUpperCase() : ''
  return e164(call['caller_number'], country) ?? e164(call['caller_number_bare'], country)
}

function e164(value: unknown, country: string): string | undefined {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value).trim() : ''
  // Letters make it a word for "withheld", an address or a name.
  if (/\p{L}/u.test(text)) return undefined
  const digits = text.replace(/\D/g, '')
  if (text.startsWith('+')) return /^[1-9]\d{6,14}$/.test(digits) ? `+${digits}` : undefined
  if (!northAmerica.has(country)) return undefined
  if (/^[2-9]\d{9}$/.test(digits)) return `+1${digits}`
  return /^1[2-9]\d{9}$/.test(digits) ? `+${digits}` : undefined
}

/** The first three characters of a postal code: an area, not an address. Null where it has fewer. */
export function postalArea(value: unknown): string | null {
  const code = typeof value === 'number' ? String(value).padStart(5, '0') : value
  if (typeof code !== 'string') return null
  const bare = code.replace(/[^\p{L}\p{N}]/gu, '')
  return bare.length >= 3 ? bare.slice(0, 3).toUpperCase() : null
}
