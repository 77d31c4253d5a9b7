import { addDays, addMonths, dayOf, endOfMonth, instantAt, isTimezone } from '../../src/lib/local-days'

describe('dayOf', () => {
  test.each([
    ['2026-03-09T05:30:00Z', 'America/Los_Angeles', '2026-03-08'],
    ['2026-03-09T05:30:00Z', 'UTC', '2026-03-09'],
    ['2026-03-09T11:30:00Z', 'Pacific/Auckland', '2026-03-10'],
    // The day of 23 hours and the day of 25 hours, from their first to their last second.
    ['2026-03-08T06:00:00Z', 'America/Chicago', '2026-03-08'],
    ['2026-03-09T04:59:59Z', 'America/Chicago', '2026-03-08'],
    ['2026-11-01T05:00:00Z', 'America/Chicago', '2026-11-01'],
    ['2026-11-02T05:59:59Z', 'America/Chicago', '2026-11-01'],
  ])('%s falls in %s on %s', (instant, timezone, day) => {
    expect(dayOf(new Date(instant), timezone)).toBe(day)
  })
})

describe('instantAt', () => {
  test.each([
    ['2026-01-05 00:00:00', 'America/Chicago', '2026-01-05T06:00:00.000Z'],
    ['2026-03-08 23:59:59', 'America/Chicago', '2026-03-09T04:59:59.000Z'],
    // Left out by the change of clocks.
    ['2026-03-08 02:30:00', 'America/Chicago', '2026-03-08T08:30:00.000Z'],
  ])('%s in %s is %s', (time, timezone, instant) => {
    expect(instantAt(time, timezone)?.toISOString()).toBe(instant)
  })

  test.each(['2026-02-30 00:00:00', '2026-01-05', '2026-01-05T00:00:00', 'soon', ''])(
    '%j is none',
    (time) => {
      expect(instantAt(time, 'America/Chicago')).toBeUndefined()
    },
  )
})

describe('addDays', () => {
  test.each([
    ['2026-03-07', 1, '2026-03-08'],
    ['2026-03-08', 1, '2026-03-09'],
    ['2026-11-01', 1, '2026-11-02'],
    ['2028-02-28', 1, '2028-02-29'],
    ['2026-01-01', -1, '2025-12-31'],
    ['2026-06-15', 0, '2026-06-15'],
  ])('%s and %d days are %s', (day, count, result) => {
    expect(addDays(day, count)).toBe(result)
  })
})

describe('addMonths', () => {
  test.each([
    ['2026-03-10', -13, '2025-02-10'],
    ['2026-01-31', 1, '2026-02-28'],
    ['2028-01-31', 1, '2028-02-29'],
    ['2026-12-05', 1, '2027-01-05'],
  ])('%s and %d months are %s', (day, count, result) => {
    expect(addMonths(day, count)).toBe(result)
  })
})

describe('endOfMonth', () => {
  test.each([
    ['2026-02-01', '2026-02-28'],
    ['2028-02-29', '2028-02-29'],
    ['2026-12-31', '2026-12-31'],
  ])('of %s is %s', (day, result) => {
    expect(endOfMonth(day)).toBe(result)
  })
})

describe('isTimezone', () => {
  test.each(['UTC', 'America/Chicago', 'America/Kentucky/Louisville', 'Pacific/Honolulu'])(
    'knows %s',
    (name) => {
      expect(isTimezone(name)).toBe(true)
    },
  )

  test.each(['', 'CST', 'UTC+6', '+06:00', 'local', 'America/Chikago', 'Mars/Olympus'])(
    'refuses "%s"',
    (name) => {
      expect(isTimezone(name)).toBe(false)
    },
  )
})
