import {
  instantOf,
  jobOfTick,
  runBullId,
  runIdOf,
  runsQueue,
  syncBullId,
  syncIdOf,
  tickBullId,
} from '../queue/bull-jobs'

/** Addresses of the dashboard's pages. Every link is built here, so that none leads astray. */
export const jobPage = (jobId: string): string => `/jobs/${encodeURIComponent(jobId)}`
export const runPage = (runId: string): string => `/runs/${encodeURIComponent(runId)}`
export const syncPage = (syncId: string): string => `/syncs/${encodeURIComponent(syncId)}`
export const accountPage = (accountId: string): string => `/accounts/${encodeURIComponent(accountId)}`
export const clientPage = (clientId: string): string => `/clients/${encodeURIComponent(clientId)}`

/** The page of rejected records: those of an account, those that a sync met last, or all. */
export const rejectedPage = (of: { readonly account?: string; readonly sync?: string } = {}): string =>
  withQuery('/rejected', of)

/** The page of dead letters: all kinds, those of a job, or one kind with its syncs. */
export const deadLettersPage = (
  of: {
    readonly job?: string | undefined
    readonly signature?: string | undefined
    readonly discarded?: string | undefined
  } = {},
): string => withQuery('/dead-letters', of)

/** A path with those of the fields that have a value. */
export function withQuery(path: string, fields: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(fields)) if (value !== undefined) query.set(name, value)
  return query.size === 0 ? path : `${path}?${query.toString()}`
}

/** A queue in Bull Board. */
export const boardQueue = (queue: string): string => `/queues/queue/${encodeURIComponent(queue)}`

const boardJob = (queue: string, bullId: string): string =>
  `${boardQueue(queue)}/${encodeURIComponent(bullId)}`

/** A run's job in Bull Board: the tick of its slot, or the one that was queued for it by its id. */
export const boardJobOfRun = (run: {
  readonly id: string
  readonly job: string
  readonly kind: string
  readonly dueAt: Date | null
}): string =>
  boardJob(runsQueue, run.kind === 'slot' && run.dueAt ? tickBullId(run.job, run.dueAt) : runBullId(run.id))

/** A sync's job in Bull Board. */
export const boardJobOfSync = (sync: { readonly id: string; readonly job: string }): string =>
  boardJob(sync.job, syncBullId(sync.id))

/**
 * The page of ours that tells more of a Bull Board job: its run, its sync, or the job whose schedule made the tick. Undefined
 * where none does.
 */
export function pageOfBullJob(queue: string, bullId: string): string | undefined {
  const syncId = syncIdOf(bullId)
  if (syncId !== undefined && queue !== runsQueue) return syncPage(syncId)
  const runId = runIdOf(bullId)
  if (runId !== undefined) return runPage(runId)
  const jobId = jobOfTick(bullId)
  const dueAt = instantOf(bullId)
  return jobId === undefined || !dueAt ? undefined : withQuery(jobPage(jobId), { slot: dueAt.toISOString() })
}
