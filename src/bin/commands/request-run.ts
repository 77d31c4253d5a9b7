import type { Config } from '../../../config/config'
import { recordAct } from '../../ledger/audit'
import type { Run } from '../../ledger/work/runs'
import { Disposables } from '../../lib/disposables'
import { seconds } from '../../lib/durations'
import { connect, ready } from '../../queue/connection'
import { createQueues } from '../../queue/queues'
import { addRunJob } from '../../queue/run-jobs'
import { JobOffError, planRequestedRun } from '../../runs/slots/plan-run'
import { silentLogger } from '../../telemetry/logger'
import { accountsNamed } from './accounts-named'
import type { CommandContext } from './context'
import { knownJob } from './known-job'
import { CommandError } from './outcome'
import { showJson, type ShowOptions } from './show'

export interface RunOptions extends ShowOptions {
  readonly accounts?: string
  readonly reason?: string
}

/** Starts a run of a job by hand: in the ledger with its audit row first, then in the queue. */
export async function requestRun(context: CommandContext, jobId: string, options: RunOptions): Promise<void> {
  await using ledger = await context.openLedger()
  const { database, config } = ledger
  const job = knownJob(config, jobId)
  if (job.effective.mode === 'off') throw new JobOffError(job)
  const accountIds =
    options.accounts === undefined ? undefined : await accountsNamed(database, job, options.accounts)
  const run = await database.transaction(async (sql) => {
    const planned = await planRequestedRun(sql, job, {
      requestedBy: context.by.actor,
      ...(options.reason === undefined ? {} : { reason: options.reason }),
      ...(accountIds === undefined ? {} : { accountIds }),
    })
    await recordAct(sql, {
      ...context.by,
      action: 'run now',
      subject: `job ${job.id}`,
      after: { run: planned.id, accounts: accountIds ?? 'all' },
      ...(options.reason === undefined ? {} : { reason: options.reason }),
      outcome: 'done',
    })
    return planned
  })
  if (run.state === 'running') await queueRun(config, run, context.signal)
  if (options.json) return showJson(context, run)
  context.print(
    run.state === 'running'
      ? `run ${run.id} of ${job.id} started; \`syncfleet runs show ${run.id}\` tells how it gets on`
      : `run ${run.id} of ${job.id} had nothing to do; \`syncfleet runs show ${run.id}\` tells why`,
  )
}

/** The run stands in the ledger by now: where Redis is away, the watchdog queues its syncs when it is back. */
async function queueRun(config: Config, run: Run, signal: AbortSignal): Promise<void> {
  await using owned = new Disposables()
  try {
    const redis = connect({ ...config.redis, role: 'producer', name: 'syncfleet-cli' }, silentLogger)
    owned.defer(() => redis.disconnect())
    await ready(redis, AbortSignal.any([signal, AbortSignal.timeout(seconds(5))]))
    const queues = owned.use(createQueues(redis, config.redis.prefix, []))
    await addRunJob(queues, { id: run.id, version: run.definitionVersion })
  } catch (cause) {
    throw new CommandError(
      `run ${run.id} stands in the ledger, but Redis cannot be reached; the scheduler queues its syncs once it can`,
      { cause },
    )
  }
}
