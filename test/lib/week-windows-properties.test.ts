import fc from 'fast-check'
import { days, hours, minutes } from '../../src/lib/durations'
import { parseWeekWindow, windowAt, windowsEndAfter, type WeekWindow } from '../../src/lib/week-windows'
import { changesOf, readingOf } from '../support/wall-clock'

const zones = ['America/Chicago', 'America/Phoenix', 'America/St_Johns', 'Europe/Berlin', 'UTC']
const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat']
const [from, to] = [Date.UTC(2026, 0, 1), Date.UTC(2028, 0, 1)]

/** Near a change of the clock more often than not, where the zone has any; not only on whole minutes. */
const place = fc.oneof(
  ...zones.map((timezone) => {
    const anywhere = fc.integer({ min: from, max: to })
    const changes = changesOf(timezone, from, to)
    const near =
      changes.length === 0
        ? anywhere
        : fc
            .tuple(fc.constantFrom(...changes), fc.integer({ min: -hours(30), max: hours(30) }))
            .map(([change, away]) => change + away)
    return fc.oneof(anywhere, near, near).map((instant) => ({ timezone, instant }))
  }),
)

const time = fc
  .oneof(fc.integer({ min: 0, max: 23 * 60 + 59 }), fc.integer({ min: 0, max: 4 * 60 }))
  .map((minute) => `${pad(Math.floor(minute / 60))}:${pad(minute % 60)}`)
const pad = (number: number): string => String(number).padStart(2, '0')

const daily = fc.tuple(time, time).map(([begin, end]) => `${begin}-${end}`)
const weekly = fc
  .tuple(fc.constantFrom(...weekdays), time, fc.nat({ max: 2 }), time)
  .map(
    ([day, begin, later, end]) => `${day} ${begin}-${weekdays[(weekdays.indexOf(day) + later) % 7]} ${end}`,
  )
const window: fc.Arbitrary<WeekWindow> = fc
  .oneof(daily, weekly)
  .filter((text) => {
    const [begin, end] = text.split('-')
    return begin !== end
  })
  .map((text) =>
    parseWeekWindow(text, (reason) => {
      throw new Error(`${text} ${reason}`)
    }),
  )

/** Whether the clock on the wall shows a time of the window, by its text alone. */
function isShown(text: string, timezone: string, instant: number): boolean {
  const reading = new Date(readingOf(instant, timezone))
  const minute = reading.getUTCHours() * 60 + reading.getUTCMinutes()
  const ends = text.split('-').map((end) => {
    const [hour = 0, past = 0] = end.slice(-5).split(':').map(Number)
    return { weekday: weekdays.indexOf(end.slice(0, -6)), minute: hour * 60 + past }
  })
  const [begin, end] = ends
  if (!begin || !end) throw new Error(text)
  const isDaily = begin.weekday < 0
  const at = (of: typeof begin) => (isDaily ? 0 : of.weekday * 24 * 60) + of.minute
  const shown = (isDaily ? 0 : reading.getUTCDay() * 24 * 60) + minute
  const [first, past] = [at(begin), at(end)]
  return first < past ? shown >= first && shown < past : shown >= first || shown < past
}

describe('a window that comes again', () => {
  test('holds the instants at which the clock on the wall shows a time of it, and no others', () => {
    fc.assert(
      fc.property(window, place, (of, { timezone, instant }) => {
        const found = windowAt([of], timezone, new Date(instant))
        expect(found).toBe(isShown(of.text, timezone, instant) ? of : undefined)
      }),
      { numRuns: 1000 },
    )
  })

  test('ends with the first minute that is outside of all of them, however the clocks change meanwhile', () => {
    fc.assert(
      fc.property(fc.array(window, { maxLength: 3 }), place, (of, { timezone, instant }) => {
        const isFree = (at: number) => of.every(({ text }) => !isShown(text, timezone, at))
        const end = windowsEndAfter(of, timezone, new Date(instant))
        let at = instant
        while (!isFree(at) && at < instant + days(9)) at = at - (at % minutes(1)) + minutes(1)
        // Windows that leave no time at all never end.
        expect(end?.getTime()).toBe(isFree(at) ? at : undefined)
      }),
      { numRuns: 40 },
    )
  })
})
