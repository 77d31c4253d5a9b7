import { addDays } from '../../../src/lib/local-days'
import { earliest, latest, type DayRange } from '../days'
import { wrong, type Condition } from './parse'

/** Days back from today, and whether today counts. `LAST_90_DAYS` does not exist. */
const literals: Readonly<Record<string, readonly [back: number, to: number]>> = {
  TODAY: [0, 0],
  YESTERDAY: [1, 1],
  LAST_7_DAYS: [7, 1],
  LAST_14_DAYS: [14, 1],
  LAST_30_DAYS: [30, 1],
}

/** What the conditions on `segments.date` come to; undefined where they leave an end open. */
export function dateRangeOf(conditions: readonly Condition[], today: string): DayRange | undefined {
  let from = '0000'
  let to = '9999'
  for (const condition of conditions) {
    const [low, high] = boundsOf(condition, today)
    from = latest(from, low)
    to = earliest(to, high)
  }
  return from === '0000' || to === '9999' ? undefined : { from, to }
}

function boundsOf({ operator, values }: Condition, today: string): readonly [string, string] {
  if (operator === 'DURING') {
    const literal = literals[values[0] ?? '']
    if (!literal) throw wrong('INVALID_VALUE_WITH_DURING_OPERATOR', `no such range: ${values[0]}`)
    return [addDays(today, -literal[0]), addDays(today, -literal[1])]
  }
  const [first = '', second = first] = values.map(dayOf)
  switch (operator) {
    case '=':
    case 'BETWEEN':
      if (second < first) throw wrong('DATE_RANGE_TOO_NARROW', 'the range ends before it begins')
      return [first, second]
    case '>=':
      return [first, '9999']
    case '>':
      return [addDays(first, 1), '9999']
    case '<=':
      return ['0000', first]
    case '<':
      return ['0000', addDays(first, -1)]
    default:
      throw wrong('BAD_OPERATOR', `segments.date takes no ${operator}`)
  }
}

function dayOf(value: string): string {
  const isDay =
    /^\d{4}-\d\d-\d\d$/.test(value) && addDays(value, 0) === value && !Number.isNaN(Date.parse(value))
  if (!isDay) throw wrong('INVALID_DATE_FORMAT', 'expected YYYY-MM-DD')
  return value
}
