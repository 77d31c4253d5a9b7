import type { Override } from '../../../src/ledger/control/overrides'
import { liveJob } from '../../../src/runs/control/live-jobs'
import { dueAhead, previousDue } from '../../../src/runs/slots/due-ahead'
import { madeUpJob } from '../../support/made-up-job'

describe('due instants ahead', () => {
  const at = (time: string) => new Date(`2026-11-22T${time}Z`)
  const job = madeUpJob({ cron: '30 * * * *', timezone: 'UTC' })
  const overridden = (until: Date | null) =>
    liveJob(job, [
      {
        job: job.id,
        setting: 'schedule',
        value: { cron: '*/20 * * * *', timezone: 'UTC' },
        until,
      } as Override,
    ])
  const times = (instants: readonly Date[]) => instants.map((instant) => instant.toISOString().slice(11, 16))

  test('are those of an override until it expires, and of the configuration from then on', () => {
    expect(times(dueAhead(overridden(at('07:00')), at('06:10'), 5))).toEqual([
      '06:20',
      '06:40',
      '07:00',
      '07:30',
      '08:30',
    ])
    expect(times(dueAhead(overridden(null), at('06:10'), 3))).toEqual(['06:20', '06:40', '07:00'])
    expect(times(dueAhead(job, at('06:10'), 2))).toEqual(['06:30', '07:30'])
  })

  test('are found backwards over the end of an override', () => {
    const back = (before: string) =>
      previousDue(overridden(at('06:50')), at(before), at('06:10'))?.toISOString()
    expect(back('08:30')).toBe(at('07:30').toISOString())
    expect(back('07:30')).toBe(at('06:40').toISOString())
    expect(back('06:20')).toBeUndefined()
  })
})
