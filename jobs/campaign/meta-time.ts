import * as read from '../../src/lib/read-fields'

const twoDays = 2 * 86_400_000

/** An instant; null where it is not set, which the vendor may write as the beginning of 1970. What is none is handed on. */
export function timeOf(value: unknown): unknown {
  const given = read.looseInstant(value)
  if (typeof given !== 'string') return given
  const instant = new Date(given)
  if (Number.isNaN(instant.getTime())) return given
  return Math.abs(instant.getTime()) < twoDays ? null : instant
}
