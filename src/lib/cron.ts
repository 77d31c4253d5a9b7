import { CronExpressionParser } from 'cron-parser'
import { changeAround, type ClockChange, changesBetween, offsetAt } from './clock-changes'
import { days } from './durations'

/** When a pattern is due: five cron fields, or six with seconds first, read in an IANA time zone. */
export interface Schedule {
  readonly cron: string
  readonly timezone: string
}

/** The first due instant after `after`. Throws on a pattern or zone that cannot be read. */
export function nextInstant(schedule: Schedule, after: Date): Date {
  for (const instant of instantsAfter(schedule, after.getTime())) return new Date(instant)
  throw new Error(`${schedule.cron} is never due`)
}

/** The last due instant before `before` and not before `since`, if there is one. */
export function previousInstant(schedule: Schedule, before: Date, since: Date): Date | undefined {
  for (let length = days(1), end = before.getTime() - 1; end >= since.getTime(); length *= 2) {
    const start = Math.max(end - length, since.getTime() - 1)
    const last = instantsBetween(schedule, new Date(start), new Date(end), Infinity).at(-1)
    if (last) return last
    end = start
  }
  return undefined
}

/**
 * Due instants after `after` and up to `until` (included), oldest first, `limit` at most.
 * However an interval is split, its parts name the same instants as the whole, and as the job scheduler in Redis.
 */
export function instantsBetween(schedule: Schedule, after: Date, until: Date, limit: number): Date[] {
  const instants: Date[] = []
  if (after >= until) return instants
  for (const instant of instantsAfter(schedule, after.getTime())) {
    if (instant > until.getTime() || instants.length >= limit) break
    instants.push(new Date(instant))
  }
  return instants
}

/** How a change of the clocks bears on a due instant. Readings are as `readingAt` gives them. */
export type ClockMark =
  /** Its own reading was left out, so it is due as much later as the clocks went forward. */
  | { readonly kind: 'moved'; readonly reading: number }
  /** Its reading comes twice; this is the first or the second time. */
  | { readonly kind: 'first' | 'second' }

/** What a change of the clocks has done to an instant of a schedule, if anything. */
export function clockMark({ cron, timezone }: Schedule, instant: Date): ClockMark | undefined {
  const at = instant.getTime()
  const change = changeAround(at, timezone)
  if (!change) return undefined
  if (change.after < change.before) return { kind: at < change.at ? 'first' : 'second' }
  if (at < change.at || isNamed(cron, at + change.after) || !isNamed(cron, at + change.before))
    return undefined
  return { kind: 'moved', reading: at + change.before }
}

/** A span of time and the offsets by which the pattern is read off the clock in it. The end is excluded. */
interface Stretch {
  readonly from: number
  readonly until: number
  readonly offsets: readonly number[]
}

/**
 * The parser reads the pattern off a clock that never changes, one stretch between two changes after the other: its own
 * handling of zones loses instants where clocks change by half an hour, and depends on where it starts.
 */
function* instantsAfter(schedule: Schedule, after: number): Generator<number> {
  for (const { from, until, offsets } of stretchesAfter(schedule, after)) {
    const [offset, other] = offsets
    if (offset === undefined) continue
    if (other === undefined) yield* readOff(schedule.cron, from, until, offset)
    else {
      const both = offsets.flatMap((each) => [...readOff(schedule.cron, from, until, each)])
      yield* [...new Set(both)].toSorted((a, b) => a - b)
    }
  }
}

/** Further away than this no pattern is due that ever is: the 29th of February comes every eight years at least. */
const furthest = days(366 * 9)
const lookAhead = days(366)

function* stretchesAfter({ cron, timezone }: Schedule, after: number): Generator<Stretch> {
  let from = after + 1
  const end = from + furthest
  const last = changeAround(after, timezone)
  let change = last && last.at <= from ? last : undefined
  while (from < end) {
    // The instants are whole seconds, and the changes whole minutes, so that both ends may be cut at any millisecond.
    const next = changesBetween(from, from + lookAhead, timezone)[0]
    const until = next?.at ?? from + lookAhead
    const changing = change
      ? Math.min(until, Math.max(from, change.at + Math.abs(change.after - change.before)))
      : from
    if (change && changing > from) yield { from, until: changing, offsets: offsetsBehind(change, cron) }
    yield { from: changing, until, offsets: [offsetAt(changing, timezone)] }
    change = next
    from = until
  }
}

/**
 * By what a pattern is read for as long as the clocks were set forward or back: on, with what they left out; or, where
 * readings come again, only if the pattern is due in every hour.
 */
function offsetsBehind({ before, after }: ClockChange, cron: string): readonly number[] {
  if (after > before) return [after, before]
  return CronExpressionParser.parse(cron).fields.hour.values.length === 24 ? [after] : []
}

function* readOff(cron: string, from: number, until: number, offset: number): Generator<number> {
  if (from >= until) return
  const readings = CronExpressionParser.parse(cron, { tz: 'UTC', currentDate: new Date(from + offset - 1) })
  for (;;) {
    const instant = readings.next().getTime() - offset
    if (instant >= until) return
    yield instant
  }
}

const isNamed = (cron: string, reading: number): boolean =>
  CronExpressionParser.parse(cron, { tz: 'UTC' }).includesDate(new Date(reading))
