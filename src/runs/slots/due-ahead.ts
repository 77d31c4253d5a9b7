import type { Job } from '../../job/define-job'
import { nextInstant, previousInstant, type Schedule } from '../../lib/cron'
import { isLive } from '../control/live-jobs'

/** What a job that is due at an instant to come is due by: an override until that expires, from then on the configuration. */
export function scheduleAhead(job: Job, instant: Date): Schedule {
  const until = overriddenUntil(job)
  const { cron, timezone } = until && instant > until && isLive(job) ? job.declared : job.effective
  return { cron, timezone }
}

/** The first instant after `after`, which is not past, at which a job is due as things stand. */
export function nextDue(job: Job, after: Date): Date {
  const schedule = scheduleAhead(job, new Date(after.getTime() + 1))
  const next = nextInstant(schedule, after)
  const until = overriddenUntil(job)
  if (!until || next <= until || until <= after) return next
  return nextInstant(scheduleAhead(job, next), until)
}

/** The last instant before `before` and not before `since`, which is not past, at which it is due as things stand. */
export function previousDue(job: Job, before: Date, since: Date): Date | undefined {
  const until = overriddenUntil(job)
  if (!until || until >= before || until <= since)
    return previousInstant(scheduleAhead(job, before), before, since)
  const turn = new Date(until.getTime() + 1)
  return (
    previousInstant(scheduleAhead(job, turn), before, turn) ?? previousInstant(job.effective, turn, since)
  )
}

/** The next `count` instants after `after`, oldest first. */
export function dueAhead(job: Job, after: Date, count: number): Date[] {
  const instants: Date[] = []
  for (let last = after; instants.length < count;) {
    last = nextDue(job, last)
    instants.push(last)
  }
  return instants
}

function overriddenUntil(job: Job): Date | undefined {
  if (!isLive(job)) return undefined
  return job.overrides.find(({ setting }) => setting === 'schedule')?.until ?? undefined
}
