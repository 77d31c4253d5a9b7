import type { Config } from '../../../config/config'
import { jobIds } from '../../job/define-job'
import { Disposables } from '../../lib/disposables'
import { seconds } from '../../lib/durations'
import { connect, ready } from '../../queue/connection'
import { createQueues } from '../../queue/queues'
import { SyncJobs } from '../../queue/sync-jobs'
import { silentLogger } from '../../telemetry/logger'
import { CommandError } from './outcome'

/**
 * Does something to the syncs' BullMQ jobs that the ledger knows of already.
 * Where Redis cannot be reached, fails with what that means: `otherwise`.
 */
export async function withSyncJobs(
  config: Config,
  signal: AbortSignal,
  work: (syncJobs: SyncJobs) => Promise<void>,
  otherwise: string,
): Promise<void> {
  await using owned = new Disposables()
  try {
    const redis = connect({ ...config.redis, role: 'producer', name: 'syncfleet-cli' }, silentLogger)
    owned.defer(() => redis.disconnect())
    await ready(redis, AbortSignal.any([signal, AbortSignal.timeout(seconds(5))]))
    const queues = owned.use(createQueues(redis, config.redis.prefix, jobIds))
    await work(new SyncJobs(queues, redis, (jobId) => config.jobs[jobId]?.attempts ?? 1))
  } catch (cause) {
    throw new CommandError(otherwise, { cause })
  }
}
