import { CronExpressionParser } from 'cron-parser'
import { DateTime } from 'luxon'
import { hours, minutes } from './durations'

/** When a pattern is due: five cron fields, or six with seconds first, read in an IANA time zone. */
export interface Schedule {
  readonly cron: string
  readonly timezone: string
}

/** The first due instant after `after`. Throws on a pattern or zone that cannot be read. */
export function nextInstant(schedule: Schedule, after: Date): Date {
  for (const instant of instantsAfter(schedule, after)) return instant
  throw new Error(`${schedule.cron} is never due`)
}

/**
 * Due instants after `after` and up to `until` (included), oldest first, `limit` at most.
 * However an interval is split, its parts name the same instants as the whole, and as the job scheduler in Redis.
 */
export function instantsBetween(schedule: Schedule, after: Date, until: Date, limit: number): Date[] {
  const instants: Date[] = []
  for (const instant of instantsAfter(schedule, after)) {
    if (instant > until || instants.length >= limit) break
    instants.push(instant)
  }
  return instants
}

/**
 * What the parser names around an hour that is skipped or repeated depends on where it starts counting,
 * so there it always starts at the same instant well before, and afterwards anew.
 */
function* instantsAfter(schedule: Schedule, after: Date): Generator<Date> {
  let from = after
  for (;;) {
    let change = changeNear(from, schedule.timezone)
    if (change === undefined) {
      for (const instant of parsed(schedule, from)) {
        change = changeNear(instant, schedule.timezone)
        if (change !== undefined) break
        yield instant
        from = instant
      }
    }
    if (change === undefined) return
    for (const instant of instantsAround(schedule, change)) if (instant > from) yield instant
    from = new Date(Math.max(from.getTime(), change + reach))
  }
}

/** Further away from a change of the clock than this, the parser's answers do not depend on where it starts. */
const reach = hours(3)

const around = new Map<string, readonly Date[]>()

/** The due instants around a change of the clock: asked for every few seconds while it is near, so they are kept. */
function instantsAround(schedule: Schedule, change: number): readonly Date[] {
  const key = `${schedule.cron} ${schedule.timezone} ${change}`
  const known = around.get(key)
  if (known) return known
  const instants: Date[] = []
  for (const instant of parsed(schedule, new Date(change - reach))) {
    if (instant.getTime() > change + reach) break
    instants.push(instant)
  }
  if (around.size > 100) around.clear()
  around.set(key, instants)
  return instants
}

function* parsed({ cron, timezone }: Schedule, after: Date): Generator<Date> {
  const iterator = CronExpressionParser.parse(cron, { tz: timezone, currentDate: after })
  for (;;) yield iterator.next().toDate()
}

const changeNear = (instant: Date, timezone: string): number | undefined =>
  changeBetween(instant.getTime() - reach, instant.getTime() + reach, timezone)

/** The instant, to the minute, at which the zone's offset changes between two others; undefined where it does not. */
function changeBetween(from: number, to: number, timezone: string): number | undefined {
  const before = offsetAt(from, timezone)
  if (offsetAt(to, timezone) === before) return undefined
  let [low, high] = [Math.floor(from / minutes(1)), Math.ceil(to / minutes(1))]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetAt(middle * minutes(1), timezone) === before) low = middle
    else high = middle
  }
  return high * minutes(1)
}

const offsetAt = (instant: number, timezone: string): number =>
  DateTime.fromMillis(instant, { zone: timezone }).offset
