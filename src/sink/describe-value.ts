import { isDate } from 'node:util/types'

/** What a value is, without saying it: `text of 12 characters`. For reasons and redacted copies. */
export function describeValue(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'null'
  if (typeof value === 'string')
    return value === '' ? 'empty text' : `text of ${counted(value.length, 'character')}`
  if (typeof value === 'number') return describeNumber(value)
  if (typeof value === 'bigint') return 'a whole number'
  if (typeof value === 'boolean') return 'a boolean'
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (isDate(value)) return Number.isNaN(value.getTime()) ? 'an invalid date' : 'a date'
  if (typeof value === 'object') return `an object of ${counted(Object.keys(value).length, 'field')}`
  return `a ${typeof value}`
}

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`

function describeNumber(value: number): string {
  if (!Number.isFinite(value)) return 'a number that is not finite'
  return Number.isInteger(value) ? 'a whole number' : 'a number with a fraction'
}
