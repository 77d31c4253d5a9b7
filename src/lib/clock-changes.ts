import { DateTime } from 'luxon'
import { days, minutes } from './durations'

/** An instant at which a zone's clocks are set forward (a gap in their readings) or back (a fold). Milliseconds. */
export interface ClockChange {
  readonly at: number
  /** How far the clocks were ahead of UTC until then, and are from then on. */
  readonly before: number
  readonly after: number
}

/** How far a zone's clocks are ahead of UTC at an instant, in milliseconds. Throws for a zone that is not known. */
export function offsetAt(instant: number, timezone: string): number {
  const { offset } = DateTime.fromMillis(instant, { zone: timezone })
  if (Number.isNaN(offset)) throw new Error(`${timezone} is no time zone that is known here`)
  return minutes(offset)
}

/** What a zone's clocks show at an instant, as the milliseconds at which clocks in UTC show the same. */
export const readingAt = (instant: number, timezone: string): number => instant + offsetAt(instant, timezone)

/** The changes after `after` and up to `until` (included), oldest first. */
export function changesBetween(after: number, until: number, timezone: string): ClockChange[] {
  const changes: ClockChange[] = []
  for (let year = yearOf(after); year <= yearOf(until); year += 1) changes.push(...changesIn(year, timezone))
  return changes.filter(({ at }) => at > after && at <= until)
}

/** The change whose gap or fold an instant lies in or right behind: no clock was ever set by more than a day. */
export function changeAround(instant: number, timezone: string): ClockChange | undefined {
  return changesBetween(instant - days(1), instant + days(1), timezone).find(
    ({ at, before, after }) => Math.abs(instant - at) < Math.abs(after - before) || instant === at,
  )
}

/** The instants at which clocks show a reading: one, two in a fold (oldest first), none in a gap. */
export function instantsOf(reading: number, timezone: string): number[] {
  const offsets = [reading - days(1), reading + days(1)].map((near) => offsetAt(near, timezone))
  return [...new Set(offsets)]
    .map((offset) => reading - offset)
    .filter((instant) => readingAt(instant, timezone) === reading)
    .toSorted((a, b) => a - b)
}

/** The change that leaves a reading out, where one does. */
export function gapAt(reading: number, timezone: string): ClockChange | undefined {
  const from = reading - offsetAt(reading + days(1), timezone) - days(1)
  return changesBetween(from, from + days(2), timezone).find(
    ({ at, before, after }) => reading >= at + before && reading < at + after,
  )
}

const yearOf = (instant: number): number => new Date(instant).getUTCFullYear()

/** By zone and year: asked for every few seconds, and found by looking at every day. */
const known = new Map<string, readonly ClockChange[]>()
const mostKnown = 500

function changesIn(year: number, timezone: string): readonly ClockChange[] {
  const key = `${timezone} ${year}`
  const found = known.get(key)
  if (found) return found
  const changes: ClockChange[] = []
  const end = Date.UTC(year + 1)
  for (let day = Date.UTC(year); day < end; day += days(1)) {
    const change = changeWithin(day, day + days(1), timezone)
    if (change) changes.push(change)
  }
  if (known.size >= mostKnown) known.clear()
  known.set(key, changes)
  return changes
}

/** The change after one instant and up to another, to the minute. */
function changeWithin(from: number, until: number, timezone: string): ClockChange | undefined {
  const [before, after] = [offsetAt(from, timezone), offsetAt(until, timezone)]
  if (before === after) return undefined
  let [low, high] = [from / minutes(1), until / minutes(1)]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (offsetAt(middle * minutes(1), timezone) === before) low = middle
    else high = middle
  }
  return { at: high * minutes(1), before, after }
}
