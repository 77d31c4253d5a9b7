/*
 * Phone numbers and e-mail addresses in the one form in which they are hashed: the same person has the same hash whichever
 * vendor tells of them, and however that vendor writes it.
 */

/** Countries whose numbers have ten digits behind a 1. Where a vendor names none, it means one of these. */
const northAmerica = new Set(['', 'US', 'CA', 'USA', 'UNITED STATES', 'CANADA'])

/** A phone number as E.164; undefined where it is none, or its country cannot be told. An extension is left out. */
export function phoneNumber(value: unknown, country: unknown = ''): string | undefined {
  if (typeof value !== 'string') return e164(value, country)
  return e164(value.trim().replace(/\s*(?:extension|ext\.?|x|#)\s*\d{1,6}$/i, ''), country)
}

/** The same where an extension is no part of a number: one that has any is none. */
export function e164(value: unknown, country: unknown = ''): string | undefined {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value).trim() : ''
  // Letters make it a word for "withheld", an address or a name.
  if (/\p{L}/u.test(text)) return undefined
  const digits = text.replace(/\D/g, '')
  if (text.startsWith('+')) return /^[1-9]\d{6,14}$/.test(digits) ? `+${digits}` : undefined
  if (!northAmerica.has(typeof country === 'string' ? country.trim().toUpperCase() : '')) return undefined
  if (/^[2-9]\d{9}$/.test(digits)) return `+1${digits}`
  return /^1[2-9]\d{9}$/.test(digits) ? `+${digits}` : undefined
}

/** An e-mail address in lower case; undefined where it is none. */
export function emailAddress(value: unknown): string | undefined {
  const text = typeof value === 'string' ? value.trim().toLowerCase() : ''
  return /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text) ? text : undefined
}
