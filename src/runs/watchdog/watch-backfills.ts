import type { Job } from '../../job/define-job'
import { runningBackfills } from '../../ledger/backfills/backfills'
import type { Database } from '../../ledger/postgres/database'
import type { Queues } from '../../queue/queues'
import { addRunJob } from '../../queue/run-jobs'
import type { WatchEvents } from '../../telemetry/events'
import { stepBackfill } from '../backfills/backfill-work'

export interface BackfillWatch {
  readonly database: Database
  readonly queues: Queues
  readonly jobs: readonly Job[]
  readonly events: WatchEvents
}

/** Takes every running backfill one step further. One of a job that is off, or not known to this build, rests. */
export async function watchBackfills({ database, queues, jobs, events }: BackfillWatch): Promise<void> {
  for (const { id, job: jobId } of await runningBackfills(database)) {
    const job = jobs.find((candidate) => candidate.id === jobId)
    if (!job || job.effective.mode === 'off') continue
    const step = await stepBackfill(database, job, id)
    if (step.kind === 'done') events.backfillDone({ jobId, backfillId: id })
    if (step.kind !== 'run' || step.run.state !== 'running') continue
    events.backfillRunStarted({ jobId, backfillId: id, runId: step.run.id, syncs: step.syncs })
    await addRunJob(queues, { id: step.run.id, version: step.run.definitionVersion })
  }
}
