import type { Config } from '../../../config/config'
import { configuredJobs } from '../../../config/configured-jobs'
import { migrate } from '../../ledger/migrate'
import { pausesOver } from '../../ledger/control/pauses'
import type { Database } from '../../ledger/postgres/database'
import { Disposables } from '../../lib/disposables'
import { connect, ready } from '../../queue/connection'
import { createQueues } from '../../queue/queues'
import { addRunJob } from '../../queue/run-jobs'
import { planRequestedRun } from '../../runs/slots/plan-run'
import { silentLogger } from '../../telemetry/logger'
import { importDemoClients } from '../demo-clients'
import { createDestinations } from '../destinations'
import type { LocalSteps } from '../local'
import { followSandbox } from './follow-sandbox'

const by = { actor: 'npm start', via: 'cli' } as const

/** What `npm start` does with a ledger before and after its fleet runs. */
export const localSteps: LocalSteps = {
  migrate: async (database) => {
    await migrate(database, createDestinations)
  },
  seedDemo: async (database, config) => {
    await importDemoClients(database, config, by)
    await followSandbox(database, config, by)
  },
  runEveryJob,
}

/** One run now of every job that is on and not paused, so that there is something to look at at once. */
async function runEveryJob(database: Database, config: Config, signal: AbortSignal): Promise<void> {
  await using owned = new Disposables()
  const redis = connect({ ...config.redis, role: 'producer', name: 'syncfleet-local' }, silentLogger)
  owned.defer(() => redis.disconnect())
  await ready(redis, signal)
  const queues = owned.use(createQueues(redis, config.redis.prefix, []))
  for (const job of configuredJobs(config)) {
    if (job.effective.mode === 'off') continue
    const run = await database.transaction(async (sql) => {
      const [pause] = await pausesOver(sql, job.id)
      return pause ? undefined : planRequestedRun(sql, job, { requestedBy: by.actor })
    })
    if (run?.state === 'running') await addRunJob(queues, { id: run.id, version: run.definitionVersion })
  }
}
