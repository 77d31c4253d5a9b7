import { DateTime } from 'luxon'
import { addDays, dayOf } from '../../src/lib/local-days'

/** Calendar days of an account, both included. */
export interface DayRange {
  readonly from: string
  readonly to: string
}

/** Days between two, oldest first. */
export function* daysIn({ from, to }: DayRange): Generator<string> {
  for (let day = from; day <= to; day = addDays(day, 1)) yield day
}

/** Days since 1970. */
export const numberOf = (day: string): number => Date.parse(`${day}T00:00:00Z`) / 86_400_000

/** Where in its local day an instant lies: the day, and how much of it is over, from 0 to 1. */
export function moment(now: number, timezone: string): { readonly today: string; readonly over: number } {
  const local = DateTime.fromMillis(now, { zone: timezone })
  return { today: dayOf(new Date(now), timezone), over: (local.hour * 60 + local.minute) / 1440 }
}

/** The day, or the later one. */
export const latest = (a: string, b: string): string => (a > b ? a : b)
export const earliest = (a: string, b: string): string => (a < b ? a : b)
