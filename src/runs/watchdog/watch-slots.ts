import type { Job } from '../../job/define-job'
import type { Database } from '../../ledger/postgres/database'
import {
  lockSchedule,
  lockUnrunSlots,
  openSlots,
  recordDue,
  settleSlot,
  type Slot,
} from '../../ledger/slots/slots'
import { isRunning, type Run } from '../../ledger/work/runs'
import { instantsBetween } from '../../lib/cron'
import type { Sql } from '../../lib/sql'
import { isTickPending } from '../../queue/job-schedulers'
import type { Queues } from '../../queue/queues'
import { addRunJob } from '../../queue/run-jobs'
import type { WatchEvents } from '../../telemetry/events'
import { planRun } from '../slots/plan-run'
import { decideMissed, type MissedDecision, tickPatience } from '../slots/slot-policy'

/** Due instants recorded at a time; a scheduler that was away for months catches up over several steps. */
const recordAtMost = 10_000

export interface SlotWatch {
  readonly database: Database
  readonly queues: Queues
  readonly events: WatchEvents
}

/** Records every due instant of a job, and settles those that nobody ran and that no tick stands for any more. */
export async function watchSlots(watch: SlotWatch, job: Job): Promise<void> {
  await recordDueInstants(watch.database, job)
  const abandoned = await abandonedSlots(watch, job)
  if (abandoned.length === 0) return
  const { settled, runs } = await watch.database.transaction((sql) => settleMissed(sql, job, abandoned))
  for (const { dueAt, outcome } of settled) {
    if (typeof outcome !== 'string')
      watch.events.slotSettled({ jobId: job.id, dueAt: dueAt.toISOString(), ...outcome })
  }
  for (const run of runs) {
    watch.events.catchUpStarted({ jobId: job.id, runId: run.id, dueAt: run.dueAt?.toISOString() ?? '' })
    if (run.state === 'running') await addRunJob(watch.queues, { id: run.id, version: run.definitionVersion })
  }
}

/**
 * Gives every instant that came due since the last time its row.
 * A changed schedule counts from now on; up to now the former one was in force.
 */
export async function recordDueInstants(database: Database, job: Job): Promise<void> {
  await database.transaction(async (sql) => {
    const { cron, timezone } = job.effective
    const counted = await lockSchedule(sql, job.id, { cron, timezone })
    const instants = instantsBetween(counted, counted.checkedUntil, counted.now, recordAtMost)
    const last = instants.at(-1)
    const isComplete = instants.length < recordAtMost || !last
    const until = isComplete ? counted.now : last
    await recordDue(sql, job.id, instants, until, isComplete ? { cron, timezone } : counted)
  })
}

/**
 * Open slots without a tick. A tick that still waits will start a run that covers every later slot,
 * so those stay open until it has run, or is too late to start.
 */
async function abandonedSlots({ database, queues }: SlotWatch, job: Job): Promise<Slot[]> {
  // One at a time: a second run would find every account still syncing.
  if (job.effective.missed === 'run-all' && (await isRunning(database, job.id))) return []
  const abandoned: Slot[] = []
  for (const slot of await openSlots(database, job.id, tickPatience)) {
    const mayStart = slot.late <= job.startWithin && (await isTickPending(queues, job.id, slot.dueAt))
    if (mayStart) break
    abandoned.push(slot)
  }
  return abandoned
}

/** Applies the job's policy to abandoned slots, in one transaction with the runs that catch up on them. */
async function settleMissed(
  sql: Sql,
  job: Job,
  abandoned: readonly Slot[],
): Promise<{ readonly settled: readonly MissedDecision[]; readonly runs: readonly Run[] }> {
  // Their ticks may have come after all, between the look and the locks.
  const unrun = await lockUnrunSlots(
    sql,
    abandoned.map(({ id }) => id),
  )
  const missed = unrun.map(({ coveredBy, ...slot }) => (coveredBy ? { ...slot, coveredBy } : slot))
  const settled = decideMissed(job, missed)
  const runs: Run[] = []
  for (const { slotId, dueAt, outcome } of settled) {
    if (outcome === 'catch-up') {
      const run = await planRun(sql, job, { kind: 'catch-up', dueAt })
      await settleSlot(sql, slotId, { state: 'ran', runId: run.id })
      runs.push(run)
    } else if (outcome !== 'later') {
      await settleSlot(sql, slotId, outcome)
    }
  }
  return { settled, runs }
}
