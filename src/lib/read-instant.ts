import { DateTime } from 'luxon'
import { type ClockChange, gapAt, instantsOf } from './clock-changes'
import { inWords } from './durations'
import { addDays, dayOf } from './local-days'

/** An instant that a person wrote. */
export type ReadInstant =
  | { readonly kind: 'instant'; readonly instant: Date }
  /** Clocks show it twice. Oldest first. */
  | { readonly kind: 'fold'; readonly instants: readonly Date[] }
  /** Clocks never show it. `instant` is as much later as they were set forward: what is due at such a time comes due then. */
  | { readonly kind: 'gap'; readonly instant: Date; readonly change: ClockChange }

/** How an instant may be written. */
export const instantForms =
  'an instant such as 2026-11-21T06:00:00Z or 2026-11-21T06:00-06:00, a time of the zone such as "2026-11-21 06:00" or "yesterday 06:00", or now'

const days: Readonly<Record<string, number>> = { yesterday: -1, today: 0, tomorrow: 1 }

/** True for an instant of the years 0000 to 9999, which ISO 8601 writes with four digits. */
export const isWritable = (instant: Date): boolean => /^\d{4}-/.test(instant.toISOString())

/** The instant that a text means, read in a zone where it names no offset; undefined where it cannot be read. */
export function readInstant(text: string, timezone: string, now: Date): ReadInstant | undefined {
  const read = readAny(text, timezone, now)
  const last = read?.kind === 'fold' ? read.instants.at(-1) : read?.instant
  return last && isWritable(last) ? read : undefined
}

function readAny(text: string, timezone: string, now: Date): ReadInstant | undefined {
  if (text === 'now') return { kind: 'instant', instant: now }
  const withOffset = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)(Z|[+-]\d\d:\d\d)$/.exec(text)
  if (withOffset) {
    const [, day, time, offset] = withOffset
    const instant = DateTime.fromISO(`${day}T${time}${offset}`)
    return instant.isValid ? { kind: 'instant', instant: instant.toJSDate() } : undefined
  }
  const [, named, time] =
    /^(\d{4}-\d\d-\d\d|yesterday|today|tomorrow)[T ](\d\d:\d\d(?::\d\d)?)$/.exec(text) ?? []
  if (named === undefined || time === undefined) return undefined
  const away = days[named]
  const day = away === undefined ? named : addDays(dayOf(now, timezone), away)
  const reading = DateTime.fromISO(`${day}T${time}Z`)
  return reading.isValid ? instantsShowing(reading.toMillis(), timezone) : undefined
}

function instantsShowing(reading: number, timezone: string): ReadInstant {
  const change = gapAt(reading, timezone)
  if (change) return { kind: 'gap', instant: new Date(reading - change.before), change }
  const instants = instantsOf(reading, timezone).map((instant) => new Date(instant))
  const [first = new Date(reading), second] = instants
  return second ? { kind: 'fold', instants } : { kind: 'instant', instant: first }
}

/** What has to be said of a time that clocks do not show once; undefined for any other. */
export function noteOnClocks(text: string, read: ReadInstant, timezone: string): string | undefined {
  if (read.kind === 'fold') {
    const instants = read.instants.map((instant) => instant.toISOString().replace('.000Z', 'Z'))
    return `Clocks in ${timezone} show "${text}" twice: at ${instants.join(' and at ')}.`
  }
  if (read.kind !== 'gap') return undefined
  const { at, before, after } = read.change
  return (
    `Clocks in ${timezone} never show "${text}": they went from ${timeOfReading(at + before)} to ${timeOfReading(at + after)}. ` +
    `What was due then came due ${inWords(after - before)} later, at ${localTime(read.instant, timezone)}.`
  )
}

/** An instant as clocks of a zone show it: `2026-11-21 06:00`, with seconds where there are any. */
export function localTime(instant: Date, timezone: string): string {
  return DateTime.fromJSDate(instant, { zone: timezone }).toFormat(formatOf(instant))
}

/** A reading of clocks: `06:00`. */
export const timeOfReading = (reading: number): string =>
  DateTime.fromMillis(reading, { zone: 'utc' }).toFormat('HH:mm')

const formatOf = (instant: Date): string =>
  instant.getUTCSeconds() === 0 ? 'yyyy-MM-dd HH:mm' : 'yyyy-MM-dd HH:mm:ss'
