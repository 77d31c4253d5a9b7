import type { Row } from '../tables/table'
import { wrong, type Condition } from './parse'

/** Whether a row passes a condition. What is unset passes only where that is asked for, or where others are excluded. */
export function passes(row: Row, { field, operator, values }: Condition): boolean {
  const value = row[field]
  if (operator === 'IS NULL') return value === undefined
  if (operator === 'IS NOT NULL') return value !== undefined
  if (value === undefined) return operator === '!=' || operator === 'NOT IN' || operator === 'NOT LIKE'
  const [first = '', second = ''] = values
  switch (operator) {
    case '=':
      return compare(value, first) === 0
    case '!=':
      return compare(value, first) !== 0
    case '<':
      return compare(value, first) < 0
    case '<=':
      return compare(value, first) <= 0
    case '>':
      return compare(value, first) > 0
    case '>=':
      return compare(value, first) >= 0
    case 'BETWEEN':
      return compare(value, first) >= 0 && compare(value, second) <= 0
    case 'IN':
      return values.some((one) => compare(value, one) === 0)
    case 'NOT IN':
      return values.every((one) => compare(value, one) !== 0)
    case 'LIKE':
      return isLike(value, first)
    case 'NOT LIKE':
      return !isLike(value, first)
    default:
      throw wrong('BAD_OPERATOR', `no such operator: ${operator}`)
  }
}

/** Numbers as numbers, truth values whatever their case, all else as text. */
export function compare(value: unknown, other: unknown): number {
  const [a, b] = [String(value), String(other)]
  if (/^-?\d+$/.test(a) && /^-?\d+$/.test(b)) return Number(BigInt(a) - BigInt(b))
  if (typeof value === 'number') return value - Number(b)
  const [c, d] = typeof value === 'boolean' ? [a.toLowerCase(), b.toLowerCase()] : [a, b]
  return c < d ? -1 : c > d ? 1 : 0
}

function isLike(value: unknown, pattern: string): boolean {
  const quoted = pattern.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll('%', '.*')
  return new RegExp(`^${quoted}$`, 's').test(String(value))
}
