import { CronExpressionParser } from 'cron-parser'

/** When a pattern is due: five cron fields, or six with seconds first, read in an IANA time zone. */
export interface Schedule {
  readonly cron: string
  readonly timezone: string
}

/** The first due instant after `after`. Throws on a pattern or zone that cannot be read. */
export function nextInstant(schedule: Schedule, after: Date): Date {
  return iterate(schedule, after).next().toDate()
}

/**
 * Due instants after `after` and up to `until` (included), oldest first, `limit` at most.
 * The same library, pattern and zone as the job scheduler in Redis, so both name the same instants on DST days too.
 */
export function instantsBetween(schedule: Schedule, after: Date, until: Date, limit: number): Date[] {
  const iterator = iterate(schedule, after)
  const instants: Date[] = []
  while (instants.length < limit) {
    const instant = iterator.next().toDate()
    if (instant > until) break
    instants.push(instant)
  }
  return instants
}

const iterate = ({ cron, timezone }: Schedule, after: Date) =>
  CronExpressionParser.parse(cron, { tz: timezone, currentDate: after })
