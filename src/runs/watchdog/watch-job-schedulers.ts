import type { Job } from '../../job/define-job'
import { alignJobSchedulers } from '../../queue/job-schedulers'
import type { Queues } from '../../queue/queues'
import type { WatchEvents } from '../../telemetry/events'

/** Makes the job schedulers in Redis what the configuration declares: creates, changes, restores and retires. */
export async function watchJobSchedulers(
  queues: Queues,
  jobs: readonly Job[],
  events: WatchEvents,
): Promise<void> {
  const declared = jobs.map(({ id, version, effective: { cron, timezone } }) => ({
    jobId: id,
    version,
    cron,
    timezone,
  }))
  await alignJobSchedulers(queues, declared, (change) => events.jobSchedulerAligned({ ...change }))
}
