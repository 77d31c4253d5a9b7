import type { JobSchedulerJson, JobSchedulerTemplateOptions } from 'bullmq'
import { nextInstant, type Schedule } from '../lib/cron'
import { seconds } from '../lib/durations'
import { runOptions, tickBullId, type TickData } from './bull-jobs'
import type { Queues } from './queues'

/** A job scheduler as it should be. */
export interface DeclaredScheduler extends Schedule {
  readonly jobId: string
  readonly version: number
}

/** What was done to a job scheduler, and why. */
export interface SchedulerChange {
  readonly jobId: string
  readonly change: 'created' | 'changed' | 'restored' | 'retired'
}

/**
 * Makes the job schedulers in Redis what the declarations say, and tells `changed` of all that had to be done.
 * One that is as declared is left alone: upserting it again would throw away a tick that is due. One whose next tick is later
 * than the pattern says, by the time that `clock` tells, was moved on by a worker whose clock is ahead, and would rest until then.
 * One that cannot be mended does not keep the others from it; its error is thrown in the end.
 */
export async function alignJobSchedulers(
  queues: Queues,
  declared: readonly DeclaredScheduler[],
  changed: (change: SchedulerChange) => void,
  clock: () => Promise<Date>,
): Promise<void> {
  const found = new Map((await queues.runs.getJobSchedulers()).map((scheduler) => [scheduler.key, scheduler]))
  // Asked after the look: a tick that was picked up between the two would seem to have been moved on too far.
  const now = await clock()
  const failures: unknown[] = []
  for (const wanted of declared) {
    const { jobId } = wanted
    try {
      const change = await align(queues, wanted, found.get(jobId), now)
      if (change) changed({ jobId, change })
    } catch (error) {
      failures.push(error)
    }
    found.delete(jobId)
  }
  for (const jobId of found.keys()) {
    await queues.runs.removeJobScheduler(jobId)
    changed({ jobId, change: 'retired' })
  }
  if (failures.length > 0) throw failures[0]
}

async function align(
  queues: Queues,
  wanted: DeclaredScheduler,
  found: JobSchedulerJson | undefined,
  now: Date,
): Promise<SchedulerChange['change'] | undefined> {
  const change = await changeNeeded(queues, wanted, found, now)
  if (change) {
    const repeat = { pattern: wanted.cron, tz: wanted.timezone }
    await queues.runs.upsertJobScheduler(wanted.jobId, repeat, templateOf(wanted))
  }
  return change
}

async function changeNeeded(
  queues: Queues,
  wanted: DeclaredScheduler,
  found: JobSchedulerJson | undefined,
  now: Date,
): Promise<SchedulerChange['change'] | undefined> {
  if (!found) return 'created'
  const template = templateOf(wanted)
  const same =
    found.pattern === wanted.cron &&
    found.tz === wanted.timezone &&
    JSON.stringify(found.template?.data) === JSON.stringify(template.data) &&
    found.template?.opts?.attempts === template.opts.attempts
  if (!same) return 'changed'
  if ((found.next ?? 0) > latestNext(wanted, now)) return 'restored'
  return (await hasTick(queues, wanted.jobId, found)) ? undefined : 'restored'
}

/** A worker's clock may be so far ahead before its process is not ready. */
const clockTolerance = seconds(5)

/** The next tick cannot be later than this where nobody's clock is ahead. */
const latestNext = (schedule: Schedule, now: Date): number =>
  nextInstant(schedule, new Date(now.getTime() + clockTolerance)).getTime()

/** True where the tick that the job scheduler waits for exists. A tick being replaced is looked at twice. */
async function hasTick(queues: Queues, jobId: string, found: JobSchedulerJson): Promise<boolean> {
  if (await tickExists(queues, jobId, found.next)) return true
  const again = await queues.runs.getJobScheduler(jobId)
  return again !== undefined && tickExists(queues, jobId, again.next)
}

/** A tick that is over is no next one, however long it is kept: its schedule has stopped. */
const tickExists = async (queues: Queues, jobId: string, next: number | undefined): Promise<boolean> =>
  next !== undefined && isTickPending(queues, jobId, new Date(next))

/** True while a slot's tick is in the queue and may still be picked up, or is being worked on. */
export async function isTickPending(queues: Queues, jobId: string, dueAt: Date): Promise<boolean> {
  const bullJob = await queues.runs.getJob(tickBullId(jobId, dueAt))
  return bullJob !== undefined && bullJob.finishedOn === undefined
}

const templateOf = ({ jobId, version }: DeclaredScheduler) => ({
  name: 'tick',
  data: { kind: 'tick', jobId, version } satisfies TickData,
  opts: runOptions satisfies JobSchedulerTemplateOptions,
})

/** A job scheduler as Redis holds it. */
export interface FoundScheduler extends Schedule {
  /** When its next tick is due; null where it has lost that. */
  readonly next: Date | null
}

/** What Redis holds of a job's schedule; undefined where it has none. */
export async function findJobScheduler(queues: Queues, jobId: string): Promise<FoundScheduler | undefined> {
  const found = await queues.runs.getJobScheduler(jobId)
  return (
    found && {
      cron: found.pattern ?? '',
      timezone: found.tz ?? '',
      next: found.next === undefined ? null : new Date(found.next),
    }
  )
}
