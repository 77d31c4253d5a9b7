import type { Job } from '../../job/define-job'
import { pauseInWords, pausesOver } from '../../ledger/control/pauses'
import type { Database } from '../../ledger/postgres/database'
import { openSyncsOf } from '../../ledger/work/open-syncs'
import { listRuns } from '../../ledger/work/runs'
import { seconds } from '../../lib/durations'
import type { CarryOutRun, RunOrder, RunProgress } from '../../queue/run-consumer'
import type { RunEvents } from '../../telemetry/events'
import { planRequestedRun, planSlot } from './plan-run'

/** How long an order for a newer definition waits for a newer worker. */
export const newerWorker = seconds(15)

/**
 * Brings an order in the queue of runs one step further: plans it if that was not done, and says what is still open.
 * Everything is read from the ledger, so a killed, retried or doubled order goes on where it was.
 */
export const carryOutRun =
  (database: Database, jobs: ReadonlyMap<string, Job>, events: RunEvents): CarryOutRun =>
  async (order) => {
    if (order.kind === 'run') return progressOf(database, order.runId)
    const job = jobs.get(order.jobId)
    if (!job || job.version < order.version) return { kind: 'newer', after: newerWorker }
    return order.kind === 'tick'
      ? carryOutTick(database, job, order, events)
      : carryOutRequest(database, job, order)
  }

async function carryOutTick(
  database: Database,
  job: Job,
  { dueAt }: Extract<RunOrder, { kind: 'tick' }>,
  events: RunEvents,
): Promise<RunProgress> {
  const planned = await planSlot(database, job, dueAt)
  if ('waits' in planned) {
    events.slotWaits({ jobId: job.id, dueAt: dueAt.toISOString(), forMs: Math.round(planned.waits) })
    return { kind: 'later', after: planned.waits }
  }
  if ('slot' in planned)
    return { kind: 'settled', result: { slot: planned.slot.state, reason: planned.slot.reason } }
  if (planned.fresh) events.slotRan({ jobId: job.id, runId: planned.runId, lateMs: planned.late })
  return progressOf(database, planned.runId, planned.fresh)
}

async function carryOutRequest(
  database: Database,
  job: Job,
  { requestKey }: Extract<RunOrder, { kind: 'manual' }>,
): Promise<RunProgress> {
  if (job.effective.mode === 'off')
    return { kind: 'settled', result: { run: 'refused', reason: `${job.id} is off` } }
  const [pause] = await pausesOver(database, job.id)
  if (pause) return { kind: 'settled', result: { run: 'refused', reason: pauseInWords(pause) } }
  const run = await database.transaction((sql) =>
    planRequestedRun(sql, job, { requestedBy: 'bull-board', requestKey }),
  )
  return progressOf(database, run.id)
}

async function progressOf(database: Database, runId: string, fresh = false): Promise<RunProgress> {
  const [run] = await listRuns(database, { id: runId, limit: 1 })
  if (!run) return { kind: 'settled', result: { run: runId, state: 'unknown to the ledger' } }
  if (run.state === 'running') {
    const open = await openSyncsOf(database, runId)
    return { kind: 'open', syncs: open, fresh }
  }
  const { state, syncs, ok, partial, failed, skipped, rows } = run
  return { kind: 'settled', result: { run: runId, state, syncs, ok, partial, failed, skipped, rows } }
}
