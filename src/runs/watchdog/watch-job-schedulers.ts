import type { Job } from '../../job/define-job'
import { closeIncident, openIncident } from '../../ledger/gates/incidents'
import type { Database } from '../../ledger/postgres/database'
import { postgresTime } from '../../ledger/postgres/time'
import { isCounted } from '../../ledger/slots/slots'
import { alignJobSchedulers, type SchedulerChange } from '../../queue/job-schedulers'
import type { Queues } from '../../queue/queues'
import type { WatchEvents } from '../../telemetry/events'

export interface SchedulerWatch {
  readonly database: Database
  readonly queues: Queues
  readonly events: WatchEvents
}

/**
 * Makes the job schedulers in Redis what the configuration declares: creates, changes, restores and retires.
 * One that had vanished, or had lost its next tick, is told of: its schedule would have stopped in silence.
 */
export async function watchJobSchedulers(
  { database, queues, events }: SchedulerWatch,
  jobs: readonly Job[],
): Promise<void> {
  const declared = jobs.map(({ id, version, effective: { cron, timezone } }) => ({
    jobId: id,
    version,
    cron,
    timezone,
  }))
  const changes: SchedulerChange[] = []
  try {
    await alignJobSchedulers(
      queues,
      declared,
      (change) => changes.push(change),
      async () => postgresTime(database),
    )
  } finally {
    for (const change of changes) events.jobSchedulerAligned({ ...change })
    for (const change of changes) await reportRepair(database, events, change)
  }
}

/** One incident per repair, over as soon as it is told: what came due meanwhile is the business of the missed slots. */
async function reportRepair(
  database: Database,
  events: WatchEvents,
  { jobId, change }: SchedulerChange,
): Promise<void> {
  const damage = await damageOf(database, { jobId, change })
  if (damage === undefined) return
  const incident = { kind: 'schedule-repaired', subject: `job ${jobId}` } as const
  const message = `${jobId}: ${damage} in Redis, by no act of ours; its schedule would have stopped`
  await database.transaction(async (sql) => {
    await openIncident(sql, { ...incident, job: jobId, message, details: { change } })
    await closeIncident(
      sql,
      incident,
      'put back; slots that came due meanwhile are caught up as the job says',
    )
  })
  events.scheduleRepaired({ jobId, change })
}

/** What had happened to a job scheduler that had to be put back; undefined for what a deployment asked for. */
async function damageOf(database: Database, { jobId, change }: SchedulerChange): Promise<string | undefined> {
  if (change === 'restored') return 'the job scheduler had lost its next tick'
  if (change !== 'created') return undefined
  return (await isCounted(database, jobId)) ? 'the job scheduler was gone' : undefined
}
