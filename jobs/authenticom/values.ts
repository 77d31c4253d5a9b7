import * as read from '../../src/lib/read-fields'

/*
 * Values as DealerVault writes them: everything is text. Each reader returns what it understands, null where there is
 * nothing, and the rest as it came, so that the engine sets the record aside and says why.
 */

const trimmed = (value: unknown): string | undefined => (typeof value === 'string' ? value.trim() : undefined)

/** Text without the blanks around it; leading zeros stay. */
export const words = (value: unknown): unknown => trimmed(read.text(value)) ?? read.text(value)

/** An id that other systems write in capitals, too. */
export function capitals(value: unknown): unknown {
  const text = words(value)
  return typeof text === 'string' ? text.toUpperCase() : text
}

/** Money or a quantity: `-31,250.00` has commas between thousands, and a minus on either side. */
export function amount(value: unknown): unknown {
  const text = trimmed(value)
  if (text === undefined || text === '') return read.decimal(value)
  const parts = /^(-?)((?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+)(-?)$/.exec(text)
  if (!parts || (parts[1] && parts[3])) return value
  const digits = (parts[2] ?? '').replaceAll(',', '').replace(/^\./, '0.')
  return parts[1] || parts[3] ? `-${digits}` : digits
}

/** A whole number, with commas between thousands. */
export function whole(value: unknown): unknown {
  const digits = amount(value)
  return typeof digits === 'string' && /^-?\d+(\.0+)?$/.test(digits) ? Number(digits) : digits
}

/** A day of the dealer's own calendar, `M/D/YYYY`. One that does not exist is left to the engine to refuse. */
export function day(value: unknown): unknown {
  const text = words(value)
  if (typeof text !== 'string') return text
  const parts = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(text)
  if (!parts) return text
  const [, month = '', date = '', year = ''] = parts
  return `${year}-${month.padStart(2, '0')}-${date.padStart(2, '0')}`
}

/** `Y` or `N`. */
export function yesNo(value: unknown): unknown {
  const text = words(value)
  if (typeof text !== 'string') return read.flag(text)
  if (/^(y|yes|t|true|1)$/i.test(text)) return true
  if (/^(n|no|f|false|0)$/i.test(text)) return false
  return text
}

/** A person's wish to be left alone. What is not clearly a no counts as a yes. */
export function objection(value: unknown): boolean | null {
  const answer = yesNo(value)
  return answer === null ? null : answer !== false
}
