import { isDate } from 'node:util/types'

/*
 * The canonical form of each kind of value that a destination column holds, or undefined for what it cannot hold.
 * Equal values have equal canonical forms: natural keys and row hashes are compared as text.
 */

const maxDigits = 1000
const maxDepth = 100
const int64 = { min: -(2n ** 63n), max: 2n ** 63n - 1n }

/** Text that Postgres can store: it has no NUL, and a lone surrogate is no text at all. */
export const cleanText = (value: string): string =>
  value.isWellFormed() && !value.includes('\0') ? value : value.toWellFormed().replaceAll('\0', '\uFFFD')

/** A whole number that fits 64 bits, without leading zeros. */
export function wholeText(value: unknown): string | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? String(value) : undefined
  if (typeof value === 'bigint') return fitsInt64(value) ? String(value) : undefined
  if (typeof value !== 'string' || !/^-?\d{1,40}$/.test(value)) return undefined
  // Most ids are short and canonical already; BigInt costs ten times the test.
  if (value.length < 19 && /^-?[1-9]/.test(value)) return value
  return wholeText(BigInt(value))
}

const fitsInt64 = (value: bigint) => value >= int64.min && value <= int64.max

/** Most decimals are canonical already, and taking them apart costs ten times the test. */
const plainDecimal = /^(?:0|-?[1-9]\d*|-?(?:0|[1-9]\d*)\.\d*[1-9])$/

/** A decimal number written out: no exponent, no leading zeros, no trailing zeros behind the point, no `-0`. */
export function decimalText(value: unknown): string | undefined {
  if (typeof value !== 'number' && typeof value !== 'string') return undefined
  const given = String(value)
  if (given.length > maxDigits) return undefined
  if (plainDecimal.test(given)) return given
  const parts = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,4}))?$/.exec(given)
  if (!parts) return undefined
  const [, sign = '', whole = '', fraction = '', exponent = '0'] = parts
  const digits = whole + fraction
  // Where the point stands among the digits.
  const point = whole.length + Number(exponent)
  if (Math.abs(point) > maxDigits) return undefined
  const padded = '0'.repeat(Math.max(0, -point)) + digits + '0'.repeat(Math.max(0, point - digits.length))
  if (padded.length > maxDigits) return undefined
  const split = Math.max(0, point)
  const before = padded.slice(0, split).replace(/^0+(?=\d)/, '') || '0'
  const after = padded.slice(split).replace(/0+$/, '')
  const magnitude = after === '' ? before : `${before}.${after}`
  return magnitude === '0' ? '0' : sign + magnitude
}

const dayPattern = /^\d{4}-\d\d-\d\d$/

/** A day that exists, of the years 1 to 9999. */
export function dayText(value: unknown): string | undefined {
  if (typeof value !== 'string' || !dayPattern.test(value)) return undefined
  const [year, month, day] = [Number(value.slice(0, 4)), Number(value.slice(5, 7)), Number(value.slice(8))]
  return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month) ? value : undefined
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
}

const instantPattern =
  /^(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,18})?)?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/

const canonicalInstant = /^\d{4}-\d\d-\d\dT(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/

/** An instant of the years 1 to 9999 as `toISOString` writes it. A leap second and 24:00 are no instants. */
export function instantText(value: unknown): string | undefined {
  // Most instants are canonical already, and a Date costs ten times the test.
  if (typeof value === 'string' && canonicalInstant.test(value))
    return dayText(value.slice(0, 10)) === undefined ? undefined : value
  if (!isDate(value) && !isInstantText(value)) return undefined
  const instant = new Date(value)
  if (Number.isNaN(instant.getTime())) return undefined
  const year = instant.getUTCFullYear()
  return year >= 1 && year <= 9999 ? instant.toISOString() : undefined
}

const isInstantText = (value: unknown): value is string =>
  typeof value === 'string' && dayText(instantPattern.exec(value)?.[1]) !== undefined

/**
 * JSON as jsonb can hold it: texts cleaned, keys of objects in order, `-0` as 0, undefined fields dropped.
 * Undefined at the top and null there, for anything with an undefined or a hole in a list, for class instances
 * and for more than 100 levels.
 */
export function canonicalJson(value: unknown): unknown {
  const canonical = jsonWithin(value, maxDepth)
  return canonical === null ? undefined : canonical
}

function jsonWithin(value: unknown, depth: number): unknown {
  if (value === null || typeof value === 'boolean') return value
  if (typeof value === 'string') return cleanText(value)
  // Adding zero turns -0 into 0.
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : undefined
  if (typeof value !== 'object' || depth === 0) return undefined
  if (Array.isArray(value)) return listWithin(value, depth - 1)
  return isPlain(value) ? objectWithin(value, depth - 1) : undefined
}

function listWithin(list: readonly unknown[], depth: number): unknown[] | undefined {
  const canonical = Array.from(list, (item) => jsonWithin(item, depth))
  return canonical.includes(undefined) ? undefined : canonical
}

function objectWithin(object: object, depth: number): object | undefined {
  const fields: [string, unknown][] = []
  for (const [name, given] of Object.entries(object) as [string, unknown][]) {
    if (given === undefined) continue
    const field = jsonWithin(given, depth)
    if (field === undefined) return undefined
    fields.push([cleanText(name), field])
  }
  // fromEntries makes a field of its own even of `__proto__`.
  return Object.fromEntries(fields.toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** True for literals and what JSON.parse made, whichever realm they come from; false for instances of a class. */
function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || Object.getPrototypeOf(prototype) === null
}
