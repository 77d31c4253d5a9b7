/**
 * Readers of single fields of an answer that promises nothing. Each returns what it understands, null where there is
 * nothing, and everything else as it came: the engine then sets the record aside and says why. None of them throws.
 */
export type Fields = Readonly<Record<string, unknown>>

export const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}

const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'string' && value.trim() === '')

/** Text; numbers and booleans as text. */
export function text(value: unknown): unknown {
  if (isNothing(value)) return null
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : value
}

/** A whole number of seconds. */
export function wholeSeconds(value: unknown): unknown {
  const number = numberOf(value)
  return number === undefined ? (isNothing(value) ? null : value) : Math.round(number)
}

/** An id of digits, as text. */
export function id(value: unknown): unknown {
  if (isNothing(value)) return null
  return Number.isSafeInteger(value) ? String(value) : value
}

/** A decimal number as text, the digits as the vendor gave them. */
export function decimal(value: unknown): unknown {
  if (isNothing(value)) return null
  if (typeof value === 'string') return value.trim()
  if (typeof value !== 'number' || !Number.isFinite(value)) return value
  // Very small and very large numbers have an exponent in their text.
  const digits = String(value)
  return digits.includes('e') ? value.toFixed(20) : digits
}

/** A decimal number from a whole number of millionths, exactly: 18450000 is 18.45. */
export const millionths = (value: unknown): unknown => parts(value, 6, 'millionths')

/** A decimal number from a whole number of hundredths, exactly: 7550 is 75.5. */
export const hundredths = (value: unknown): unknown => parts(value, 2, 'hundredths')

function parts(value: unknown, places: number, name: string): unknown {
  if (isNothing(value)) return null
  if (typeof value !== 'string' && typeof value !== 'number') return value
  const [, sign = '', digits = ''] = /^(-?)(\d+)$/.exec(String(value)) ?? []
  // A fraction would pass for a decimal number many times too large.
  if (digits === '') return `${value} ${name}`
  const padded = digits.padStart(places + 1, '0')
  const fraction = padded.slice(-places).replace(/0+$/, '')
  return sign + padded.slice(0, -places) + (fraction === '' ? '' : `.${fraction}`)
}

export function flag(value: unknown): unknown {
  if (isNothing(value)) return null
  if (value === 1 || value === '1' || value === 'true') return true
  if (value === 0 || value === '0' || value === 'false') return false
  return value
}

/** A list of texts; nothing is an empty one. */
export function texts(value: unknown): unknown {
  if (isNothing(value)) return []
  return Array.isArray(value) ? value.filter((item) => !isNothing(item)).map(text) : value
}

/** An instant from seconds since 1970, within the years that make sense. */
export function unixInstant(value: unknown): Date | undefined {
  const number = numberOf(value)
  if (number === undefined) return undefined
  const instant = new Date(number * 1000)
  const year = instant.getUTCFullYear()
  return year >= 2000 && year < 2100 ? instant : undefined
}

/** A finite number, also where it came as text. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

/** The address of a page without sign-in, query and fragment, where personal data hides; null where it is no such address. */
export function pageAddress(value: unknown): string | null {
  const url = typeof value === 'string' ? URL.parse(value) : null
  if (!url || !/^https?:$/.test(url.protocol)) return null
  // Some sites put an e-mail address or a number into the path.
  return url.origin + url.pathname.replace(/[^/]*(@|%40|\d{7})[^/]*/gi, '…')
}

/** The account that was asked for. A row of another one would be another dealership's: it has no id that fits. */
export function ownAccount(given: unknown, asked: string): unknown {
  const found = id(given) ?? asked
  return found === asked ? found : null
}

/** An instant that may lack the colon in its offset: `2026-03-04T22:33:56-0700`. */
export const looseInstant = (value: unknown): unknown =>
  typeof value === 'string' ? value.replace(/([+-]\d\d)(\d\d)$/, '$1:$2') || null : (value ?? null)
