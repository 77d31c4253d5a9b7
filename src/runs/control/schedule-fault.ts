import type { Job } from '../../job/define-job'
import type { Schedule } from '../../lib/cron'
import { cronExpected, cronFault, type CronFields, shortestInterval } from '../../lib/cron-rule'
import { inWords } from '../../lib/durations'
import { isTimezone } from '../../lib/local-days'
import { hasInstantOutside } from '../../lib/week-windows'

/** What keeps a job from being run by a schedule, by the rules of the settings: what was expected and given; undefined for nothing. */
export function scheduleFault(
  { effective: { spread, excluded } }: Job,
  schedule: Schedule,
  { fields, now }: { readonly fields: CronFields; readonly now: Date },
): string | undefined {
  const { cron, timezone } = schedule
  const fault = cronFault(cron, fields)
  if (fault !== undefined) return `cron: expected ${cronExpected[fields]}: ${fault} (got "${cron}")`
  if (!isTimezone(timezone))
    return `timezone: expected an IANA time zone, e.g. America/Chicago (got "${timezone}")`
  if (excluded.length > 0 && !hasInstantOutside(excluded, schedule, now)) {
    const windows = excluded.map(({ text }) => text).join(', ')
    return `cron: expected a pattern that is due outside of ${windows}, when nothing of the job starts (got "${cron}")`
  }
  const interval = shortestInterval(schedule, now)
  if (spread >= interval)
    return (
      `cron: expected a pattern that is due less often: the accounts of a slot start spread over ${inWords(spread)}, ` +
      `and the next slot would come after ${inWords(interval)} (got "${cron}")`
    )
  return undefined
}
