import { minutes } from '../../../src/lib/durations'
import { scheduleFault } from '../../../src/runs/control/schedule-fault'
import { madeUpJob } from '../../support/made-up-job'

describe('scheduleFault', () => {
  const job = madeUpJob({
    spread: minutes(10),
    excluded: [{ text: '08:00-10:00', every: 'day', from: 480, until: 600 }],
  })
  const faultOf = (cron: string, timezone = 'America/Chicago', of = job) =>
    scheduleFault(of, { cron, timezone }, { fields: 'five', now: new Date('2026-11-22T12:00Z') })

  test('finds nothing in what a job can be run by', () => {
    expect(faultOf('*/20 * * * *')).toBeUndefined()
    expect(faultOf('0 5 29 2 *', 'Europe/Berlin', madeUpJob())).toBeUndefined()
  })

  test.each([
    [
      'six fields',
      '*/20 * * * * *',
      /^cron: expected a cron pattern of five fields.* this has 6 \(got "\*\/20/,
    ],
    ['a nickname', '@daily', /^cron: expected .* this has 1 \(got "@daily"\)/],
    ['a day that never comes', '0 5 30 2 *', /^cron: expected .* \(got "0 5 30 2 \*"\)/],
    ['what is due too often for its spread', '*/5 * * * *', /due less often.* 10 min.* after 5 min/],
    ['what falls into its excluded hours only', '30 8 * * *', /due outside of 08:00-10:00/],
  ])('names what was given and expected for %s', (_, cron, message) => {
    expect(faultOf(cron)).toMatch(message)
  })

  test('knows the zones of IANA only', () => {
    expect(faultOf('0 5 * * *', 'Chicago')).toMatch(
      /^timezone: expected an IANA time zone.* \(got "Chicago"\)/,
    )
  })
})
