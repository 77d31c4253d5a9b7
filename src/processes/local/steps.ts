import type { Config } from '../../../config/config'
import { configuredJobs } from '../../../config/configured-jobs'
import { jobs } from '../../../jobs'
import { demoClients } from '../../../sandbox'
import type { Database } from '../../ledger/database'
import { importAccounts } from '../../ledger/imports/accounts'
import { importClients } from '../../ledger/imports/clients'
import { importCredentials } from '../../ledger/imports/credentials'
import type { ImportReport } from '../../ledger/imports/import-rows'
import { migrate } from '../../ledger/migrate'
import { SecretBox } from '../../ledger/secret-box'
import { Disposables } from '../../lib/disposables'
import { connect, ready } from '../../queue/connection'
import { createQueues } from '../../queue/queues'
import { addRunJob } from '../../queue/run-jobs'
import { planRequestedRun } from '../../runs/plan-run'
import { silentLogger } from '../../telemetry/logger'
import { createDestinations } from '../destinations'
import type { LocalSteps } from '../local'

const by = { actor: 'npm start', via: 'cli' } as const

/** The seed of the sandbox that `npm start` runs: its keys are the demo credentials. */
export const demoSeed = 'sandbox'

/** What `npm start` does with a ledger before and after its fleet runs. */
export const localSteps: LocalSteps = {
  migrate: async (database) => {
    await migrate(database, createDestinations)
  },
  seedDemo,
  runEveryJob,
}

/** Demo clients go in by the same door as an operator's import files. */
async function seedDemo(database: Database, config: Config): Promise<void> {
  const demo = demoClients(demoSeed)
  const credentials = new Map(demo.map(({ credential }) => [credential.id, credential]))
  const box = new SecretBox(config.encryptionKeys)
  const reports: ImportReport[] = [
    await importClients(database, file(demo.map(({ client }) => client)), by),
    await importCredentials(database, file([...credentials.values()]), by, { box, jobs }),
    await importAccounts(database, file(demo.map(({ account }) => account)), by, jobs),
  ]
  const [rejection] = reports.flatMap(({ rejected }) => rejected)
  if (rejection) throw new Error(`demo data was rejected: row ${rejection.line}: ${rejection.problem}`)
}

/** Rows as a file of the import. */
const file = (rows: readonly object[]) => ({ text: JSON.stringify(rows), format: 'json' as const })

/** One run now of every job that is on, so that there is something to look at at once. */
async function runEveryJob(database: Database, config: Config, signal: AbortSignal): Promise<void> {
  await using owned = new Disposables()
  const redis = connect({ url: config.redis.url, role: 'producer', name: 'syncfleet-local' }, silentLogger)
  owned.defer(() => redis.disconnect())
  await ready(redis, signal)
  const queues = owned.use(createQueues(redis, config.queuePrefix, []))
  for (const job of configuredJobs(config)) {
    if (job.effective.mode === 'off') continue
    const run = await database.transaction((sql) => planRequestedRun(sql, job, { requestedBy: by.actor }))
    if (run.state === 'running') await addRunJob(queues, { id: run.id, version: run.definitionVersion })
  }
}
