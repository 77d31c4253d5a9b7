import { days, hours, minutes } from './durations'
import { readInstant } from './read-instant'

/** How the end of something may be written. */
export const untilForms =
  '4h, 30m or 2d from now, "tomorrow 06:00", "2026-11-23 06:00", or an instant such as 2026-11-23T06:00:00Z'

const units = new Map([
  ['m', minutes(1)],
  ['min', minutes(1)],
  ['h', hours(1)],
  ['d', days(1)],
])

/**
 * The instant up to which something is to last, read in a zone where it names no offset; of a time that clocks show twice the
 * later one. Undefined where it cannot be read.
 */
export function readUntil(text: string, timezone: string, now: Date): Date | undefined {
  const [, count, unit = ''] = /^(\d{1,5}) ?([a-z]+)$/.exec(text) ?? []
  const length = units.get(unit)
  if (count !== undefined && length !== undefined) return new Date(now.getTime() + Number(count) * length)
  const read = readInstant(text, timezone, now)
  return read?.kind === 'fold' ? read.instants.at(-1) : read?.instant
}
