import { days, seconds } from '../lib/durations'

/**
 * The milliseconds that a `Retry-After` header asks for, given as seconds or as an HTTP date.
 * Undefined where there is none or it says nothing usable. At most a day, at least 0.
 */
export function retryAfterOf(header: string | null, now: Date): number | undefined {
  const text = header?.trim() ?? ''
  if (/^\d+(\.\d+)?$/.test(text)) return Math.min(Math.ceil(seconds(Number(text))), days(1))
  // A date has a month in letters; Date.parse would take many another text for one.
  if (!/[a-z]{3}/i.test(text)) return undefined
  const at = Date.parse(text)
  return Number.isNaN(at) ? undefined : Math.min(Math.max(at - now.getTime(), 0), days(1))
}
