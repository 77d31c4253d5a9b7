import type { Job } from '../../job/define-job'
import type { Database } from '../../ledger/postgres/database'
import { lockSlot, settleSlot, type Slot } from '../../ledger/slots/slots'
import { planSyncs } from '../../ledger/work/plan-syncs'
import { findRequestedRun, insertRun, type NewRun, type Run, settleRun } from '../../ledger/work/runs'
import type { Sql } from '../../lib/sql'
import { ActRefusedError } from '../control/act-refused'
import { decideSlot } from './slot-policy'

/** What a slot has come to: a run, or an outcome without one. */
export type PlannedSlot =
  | { readonly runId: string; readonly late: number; readonly fresh: boolean }
  /** It stays due, and its turn comes in so many milliseconds. */
  | { readonly waits: number }
  | { readonly slot: Pick<Slot, 'state' | 'reason'> }

/**
 * Settles the slot of a tick: by its run and syncs, or by the reason why there is none, in one transaction. A late one waits for
 * the end of a window in which nothing starts.
 * Called again for the same instant it changes nothing and returns what there is.
 */
export async function planSlot(database: Database, job: Job, dueAt: Date): Promise<PlannedSlot> {
  return database.transaction(async (sql) => {
    const slot = await lockSlot(sql, job.id, dueAt)
    if (slot.runId !== null) return { runId: slot.runId, late: slot.late, fresh: false }
    if (slot.state !== 'due') return { slot }
    const decision = decideSlot(job, slot)
    if (decision.state === 'wait') return { waits: decision.after }
    if (decision.state !== 'run') {
      await settleSlot(sql, slot.id, { state: decision.state, reason: decision.reason })
      return { slot: decision }
    }
    const run = await planRun(sql, job, { kind: 'slot', dueAt })
    await settleSlot(sql, slot.id, { state: 'ran', runId: run.id })
    return { runId: run.id, late: slot.late, fresh: true }
  })
}

/** Who asks for a run by hand, for which accounts (all where absent), and why. */
export interface RunRequest {
  readonly requestedBy: string
  readonly reason?: string
  readonly accountIds?: readonly string[]
  /** Only these of the job's streams. */
  readonly streams?: readonly string[]
  /** Asking again with the same key returns the same run. */
  readonly requestKey?: string
}

/** Plans a run that a person asked for. */
export async function planRequestedRun(sql: Sql, job: Job, request: RunRequest): Promise<Run> {
  const known = request.requestKey === undefined ? undefined : await findRequestedRun(sql, request.requestKey)
  if (known) return known
  const { accountIds, ...facts } = request
  const accounts = accountIds ? { accounts: accountIds } : {}
  return planRun(sql, job, { kind: 'manual', ...accounts, ...facts }, accountIds)
}

/**
 * Inserts a run with one sync per account: where a slot makes it due, spread over the job's time for that; else all at once.
 * A run that has nothing to wait for is settled at once.
 */
export async function planRun(
  sql: Sql,
  job: Job,
  facts: Omit<NewRun, 'job' | 'mode' | 'definitionVersion'>,
  accountIds?: readonly string[],
): Promise<Run> {
  const { mode } = job.effective
  if (mode === 'off') throw new JobOffError(job)
  const run = await insertRun(sql, { ...facts, job: job.id, mode, definitionVersion: job.version })
  if (!run) throw new Error(`a run was requested twice at once: ${facts.requestKey}`)
  const isDue = run.kind === 'slot' || run.kind === 'catch-up'
  await planSyncs(sql, run, accountIds, [], isDue ? job.effective.spread : 0)
  return (await settleRun(sql, run.id)) ?? run
}

/** Somebody asked for a run of a job that is off. */
export class JobOffError extends ActRefusedError {
  override name = 'JobOffError'
  override readonly code = 'job_off'

  constructor(job: Job) {
    super(
      'conflict',
      `${job.id} is off: set ${job.id.replaceAll('-', '_').toUpperCase()}_MODE to live or shadow to run it`,
    )
  }
}
