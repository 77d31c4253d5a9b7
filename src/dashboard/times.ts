import { DateTime } from 'luxon'
import { inWords, minutes, seconds } from '../lib/durations'
import { html, type Html } from './html'

/** An instant as a wall clock in a zone shows it: `Sun 22 Nov, 05:15 CST`; with seconds where they are not zero. */
export function wallClock(instant: Date, timezone: string): string {
  const local = DateTime.fromJSDate(instant, { zone: timezone }).setLocale('en-US')
  return local.toFormat(`ccc d LLL, HH:mm${local.second === 0 ? '' : ':ss'} ZZZZ`)
}

/** How far away an instant is, to the minute beyond a minute: `in 4 h 10 min`, `12 s ago`, `now`. */
export function distance(instant: Date, now: Date): string {
  const away = Math.abs(instant.getTime() - now.getTime())
  if (away < seconds(1)) return 'now'
  const words = inWords(away < minutes(1) ? away : away - (away % minutes(1)))
  return instant > now ? `in ${words}` : `${words} ago`
}

/** The distance, with the wall clock to be seen on pointing at it. */
export const when = (instant: Date, now: Date, timezone: string): Html =>
  html`<time datetime="${instant.toISOString()}" title="${wallClock(instant, timezone)}"
    >${distance(instant, now)}</time
  >`
