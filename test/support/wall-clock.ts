import { hours, minutes, seconds } from '../../src/lib/durations'

/** A pattern by the readings of a clock on the wall at which it is due. Months are not told apart. */
export interface WallPattern {
  readonly cron: string
  readonly seconds: ReadonlySet<number>
  readonly minutes: ReadonlySet<number>
  readonly hours: ReadonlySet<number>
  /** True for a day of the month (from 1) that is a weekday (from 0, Sunday). */
  readonly isDay: (dayOfMonth: number, weekday: number) => boolean
}

/**
 * The due instants after `after` and up to `until`, found without a parser: every reading of the clock on the wall is due once.
 * One that a change of clocks leaves out is due as much later as the clock goes forward. One that comes twice is due the first
 * time, or both times where the pattern is due in every hour.
 */
export function dueByWallClock(
  { seconds: ofMinute, minutes: ofHour, hours: ofDay, isDay }: WallPattern,
  timezone: string,
  after: number,
  until: number,
): number[] {
  const due = new Set<number>()
  const isEveryHour = ofDay.size === 24
  // A day more at both ends: what a day is depends on where.
  for (let day = startOfUtcDay(after) - hours(24); day <= until + hours(24); day += hours(24)) {
    const date = new Date(day)
    if (!isDay(date.getUTCDate(), date.getUTCDay())) continue
    for (const hour of ofDay) {
      for (const minute of ofHour) {
        const readings = instantsOf(day + hours(hour) + minutes(minute), timezone)
        for (const start of isEveryHour ? readings : readings.slice(0, 1)) {
          for (const second of ofMinute) due.add(start + seconds(second))
        }
      }
    }
  }
  return [...due].filter((instant) => instant > after && instant <= until).toSorted((a, b) => a - b)
}

/** The instants at which a zone's clock changes in a span of time, to the minute. */
export function changesOf(timezone: string, from: number, to: number): number[] {
  const changes: number[] = []
  for (let day = from; day < to; day += hours(24)) {
    let [low, high] = [day, Math.min(day + hours(24), to)]
    if (offsetAt(low, timezone) === offsetAt(high, timezone)) continue
    while (high - low > minutes(1)) {
      const middle = low + Math.floor((high - low) / minutes(2)) * minutes(1)
      if (offsetAt(middle, timezone) === offsetAt(low, timezone)) low = middle
      else high = middle
    }
    changes.push(high)
  }
  return changes
}

/** What the clock on the wall shows, written as if it were UTC. */
export const readingOf = (instant: number, timezone: string): number => instant + offsetAt(instant, timezone)

/** `reading` is what the clock on the wall shows, written as if it were UTC. Oldest first; never none. */
function instantsOf(reading: number, timezone: string): number[] {
  const before = offsetAt(reading - hours(24), timezone)
  const after = offsetAt(reading + hours(24), timezone)
  const candidates = [...new Set([reading - before, reading - after])].toSorted((a, b) => a - b)
  const real = candidates.filter((instant) => instant + offsetAt(instant, timezone) === reading)
  return real.length > 0 ? real : [reading - before]
}

const startOfUtcDay = (instant: number): number => instant - (instant % hours(24))

/** How far the zone's clock is ahead of UTC, in milliseconds. */
function offsetAt(instant: number, timezone: string): number {
  const whole = instant - (instant % seconds(1))
  const parts = Object.fromEntries(
    clockOf(timezone)
      .formatToParts(whole)
      .map(({ type, value }) => [type, Number(value)]),
  ) as Record<'year' | 'month' | 'day' | 'hour' | 'minute' | 'second', number>
  const { year, month, day, hour, minute, second } = parts
  return Date.UTC(year, month - 1, day, hour, minute, second) - whole
}

const clocks = new Map<string, Intl.DateTimeFormat>()

function clockOf(timezone: string): Intl.DateTimeFormat {
  const known = clocks.get(timezone)
  if (known) return known
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  clocks.set(timezone, clock)
  return clock
}
