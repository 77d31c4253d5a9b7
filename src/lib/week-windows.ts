import { changesBetween, offsetAt } from './clock-changes'
import { nextInstant, type Schedule } from './cron'
import { days, minutes } from './durations'

/**
 * A window that comes again every day or every week, by the clock on the wall: from its first minute on, up to its last,
 * which is not part of it. It may go over midnight, and over the end of the week.
 */
export interface WeekWindow {
  /** As it was written: `22:00-02:00`, `Sat 20:00-Sun 06:00`. */
  readonly text: string
  readonly every: 'day' | 'week'
  /** Minutes since midnight, or since midnight before Sunday. */
  readonly from: number
  readonly until: number
}

const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const day = 24 * 60
const written = /^(?:([A-Z][a-z]{2}) )?(\d\d):(\d\d)-(?:([A-Z][a-z]{2}) )?(\d\d):(\d\d)$/

/** The window that a text names. Otherwise `refuse` is told what is wrong with it. */
export function parseWeekWindow(text: string, refuse: (reason: string) => never): WeekWindow {
  const [, fromDay, fromHour, fromMinute, untilDay, untilHour, untilMinute] =
    written.exec(text) ?? refuse('is not written like either')
  if ((fromDay === undefined) !== (untilDay === undefined)) refuse('names a weekday at one end only')
  const minuteOf = (weekday: string | undefined, hour: string | undefined, minute: string | undefined) => {
    const time = Number(hour) * 60 + Number(minute)
    if (Number(hour) > 23 || Number(minute) > 59)
      return refuse(`names ${hour}:${minute}, which is no time from 00:00 to 23:59`)
    if (weekday === undefined) return time
    const place = weekdays.indexOf(weekday)
    return place < 0
      ? refuse(`names ${weekday}, which is none of ${weekdays.join(', ')}`)
      : place * day + time
  }
  const from = minuteOf(fromDay, fromHour, fromMinute)
  const until = minuteOf(untilDay, untilHour, untilMinute)
  if (from === until) refuse('ends when it begins')
  return { text, every: fromDay === undefined ? 'day' : 'week', from, until }
}

/**
 * The window that an instant lies in: what the clock on the wall shows then decides. So a window that goes over an hour which is
 * left out is that much shorter, and over one that comes twice, that much longer; a window inside the repeated hour comes twice,
 * one inside the hour left out does not come at all.
 */
export function windowAt(
  windows: readonly WeekWindow[],
  timezone: string,
  instant: Date,
): WeekWindow | undefined {
  if (windows.length === 0) return undefined
  const reading = instant.getTime() + offsetAt(instant.getTime(), timezone)
  return windows.find((window) => minutesLeft(window, reading) > 0)
}

/** The first instant from `instant` on that is in no window; undefined where the windows leave no time at all. */
export function windowsEndAfter(
  windows: readonly WeekWindow[],
  timezone: string,
  instant: Date,
): Date | undefined {
  let at = instant.getTime()
  // Every window ends within a week, and where any time is left, some of it comes within the next.
  const givenUp = at + days(16)
  while (at < givenUp) {
    const offset = offsetAt(at, timezone)
    const left = Math.max(0, ...windows.map((window) => minutesLeft(window, at + offset)))
    if (left === 0) return new Date(at)
    // Offsets are whole minutes, and so are the ends of windows.
    const end = at - (at % minutes(1)) + minutes(left)
    // Behind a change of the clocks the window ends at another instant, or has ended.
    at = changesBetween(at, end, timezone)[0]?.at ?? end
  }
  return undefined
}

/** True where a schedule is due outside of the windows, read in its own zone, within a year. */
export function hasInstantOutside(windows: readonly WeekWindow[], schedule: Schedule, since: Date): boolean {
  const end = since.getTime() + days(366)
  let due = nextInstant(schedule, since)
  while (due.getTime() < end) {
    if (!windowAt(windows, schedule.timezone, due)) return true
    const free = windowsEndAfter(windows, schedule.timezone, due)
    if (!free) return false
    due = nextInstant(schedule, new Date(free.getTime() - 1))
  }
  return false
}

/** How many minutes of a window there are from the minute of a reading on, with that one; none outside of it. */
function minutesLeft({ every, from, until }: WeekWindow, reading: number): number {
  const date = new Date(reading)
  const length = every === 'day' ? day : 7 * day
  const minute =
    date.getUTCHours() * 60 + date.getUTCMinutes() + (every === 'day' ? 0 : date.getUTCDay() * day)
  const [since, span] = [(minute - from + length) % length, (until - from + length) % length]
  return since < span ? span - since : 0
}
