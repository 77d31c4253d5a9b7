import { CronExpressionParser } from 'cron-parser'
import { instantsBetween, type Schedule } from './cron'
import { days } from './durations'

/** How many fields a pattern may have: seconds are for where people try things. */
export type CronFields = 'five' | 'five or six'

/** Completes "expected …". */
export const cronExpected: Readonly<Record<CronFields, string>> = {
  five: 'a cron pattern of five fields, e.g. 0 5 * * *',
  'five or six': 'a cron pattern of five fields, or six with seconds first, e.g. */20 * * * * *',
}

/** What is wrong with a text as a pattern that falls due sometimes; undefined for nothing. Nicknames and hashed fields (`H`) are refused. */
export function cronFault(text: string, fields: CronFields): string | undefined {
  const parts = text.split(' ')
  const allowed = fields === 'five' ? [5] : [5, 6]
  if (!allowed.includes(parts.length)) return `this has ${text === '' ? 'none' : parts.length}`
  if (parts.includes('')) return 'one space between two fields'
  // A hashed field falls due at moments that nobody can read off the pattern.
  if (parts.some((part) => /^@|(^|,)H/.test(part))) return 'no nicknames, and no hashed fields'
  const wide = stepTooWide(parts)
  if (wide !== undefined) return wide
  try {
    CronExpressionParser.parse(text, { tz: 'UTC' }).next()
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** How many values each field has, from the last one back: weekdays, months, days, hours, minutes, seconds. */
const sizes = [7, 12, 31, 24, 60, 60]

/** A step beyond its field comes to its first value alone: every 90 minutes would be every hour, and read as what it is not. */
function stepTooWide(parts: readonly string[]): string | undefined {
  for (const [index, part] of parts.toReversed().entries()) {
    const size = sizes[index] ?? Infinity
    const step = part.split(',').find((each) => Number(each.split('/')[1] ?? 0) > size)
    if (step !== undefined) return `the step of ${step} goes beyond its field, which has ${size} values`
  }
  return undefined
}

/** Milliseconds between those two of a schedule's next slots that are closest. */
export function shortestInterval(schedule: Schedule, now: Date): number {
  const instants = instantsBetween(schedule, now, new Date(now.getTime() + days(8)), 100)
  const gaps = instants
    .slice(1)
    .map((instant, index) => instant.getTime() - (instants[index]?.getTime() ?? 0))
  return Math.min(days(8), ...gaps)
}
