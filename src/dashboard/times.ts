import { DateTime } from 'luxon'
import { days, hours, inWords, minutes, seconds } from '../lib/durations'
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

/** The distance, which the page keeps up to date, with the wall clock to be seen on pointing at it. */
export const when = (instant: Date, now: Date, timezone: string): Html =>
  html`<time data-distance datetime="${instant.toISOString()}" title="${wallClock(instant, timezone)}"
    >${distance(instant, now)}</time
  >`

/** A duration in words, without milliseconds beyond a second. */
export const toTheSecond = (duration: number): string =>
  inWords(duration < seconds(1) ? duration : duration - (duration % seconds(1)))

/** The distance and, in small, the wall clock. */
export const whenInFull = (instant: Date, now: Date, timezone: string): Html =>
  html`${when(instant, now, timezone)} <small>${wallClock(instant, timezone)}</small>`

/** How old something is, in one unit: `12 min`, `3 h`, `2 d`. The page keeps it up to date. */
export function age(instant: Date, now: Date): Html {
  const old = Math.max(now.getTime() - instant.getTime(), minutes(1))
  const unit = [days(1), hours(1)].find((size) => old >= size) ?? minutes(1)
  const at = instant.toISOString().replace(/\.\d+/, '')
  return html`<time data-distance="age" datetime="${at}">${inWords(old - (old % unit))}</time>`
}
