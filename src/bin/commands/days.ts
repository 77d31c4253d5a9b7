import { InvalidArgumentError } from 'commander'
import type { DayWindow } from '../../job/streams'
import { dayText } from '../../job/values'
import { UsageError } from './outcome'

/** A calendar day, for an option. */
export function day(given: string): string {
  const read = dayText(given)
  if (read !== undefined) return read
  throw new InvalidArgumentError('expected a calendar day as in 2026-03-08')
}

/** The window from one day to another, both included. The wrong way round is wrong usage. */
export function windowOf(from: string, to: string): DayWindow {
  if (from > to) throw new UsageError(`--from ${from} is after --to ${to}`)
  return { from, to }
}
