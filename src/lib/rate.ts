import { hours, minutes, seconds } from './durations'

const units = { s: seconds(1), min: minutes(1), h: hours(1) } as const

/** What a rate is written like, for people. */
export const rateForm = 'a rate such as 10/min: a number from 1 on per s, min or h'

/** Milliseconds from one to the next, for a rate such as `10/min`; undefined for what is no rate. */
export function readRate(given: string): number | undefined {
  const [, count, unit] = /^([1-9]\d{0,5})\/(s|min|h)$/.exec(given.trim()) ?? []
  if (count === undefined || unit === undefined) return undefined
  return units[unit as keyof typeof units] / Number(count)
}
