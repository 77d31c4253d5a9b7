import { type RunData, runBullId, runOptions } from './bull-jobs'
import type { Queues } from './queues'

/** Queues a run that stands in the ledger. Adding it twice adds it once. */
export async function addRunJob(
  queues: Queues,
  run: { readonly id: string; readonly version: number },
): Promise<void> {
  await queues.runs.add('run', { kind: 'run', runId: run.id, version: run.version } satisfies RunData, {
    ...runOptions,
    jobId: runBullId(run.id),
  })
}
