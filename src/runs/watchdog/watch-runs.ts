import type { Job } from '../../job/define-job'
import { RunDeadlineError } from '../../job/errors'
import { recordAct } from '../../ledger/audit'
import { closeIncident, openIncident } from '../../ledger/gates/incidents'
import type { Database } from '../../ledger/postgres/database'
import { requestCancellations } from '../../ledger/work/cancellations'
import { openSyncsByPause } from '../../ledger/work/open-syncs'
import { longRuns, longRunsOver, type LongRunRule, runsPastDeadline } from '../../ledger/work/overdue-runs'
import { runsWithoutOpenSyncs, settleRun } from '../../ledger/work/runs'
import { inWords, minutes } from '../../lib/durations'
import type { Sql } from '../../lib/sql'
import type { WatchEvents } from '../../telemetry/events'

/** Settles runs that still count as running although all their syncs are settled. */
export async function watchRuns(database: Database, events: WatchEvents): Promise<void> {
  for (const runId of await runsWithoutOpenSyncs(database)) {
    const run = await database.transaction((sql) => settleRun(sql, runId))
    if (run) events.runSettled({ jobId: run.job, runId, state: run.state })
  }
}

/**
 * Ends what is still open of runs that took longer than their job's deadline. Such a run settles as partial, not as cancelled:
 * nobody wanted less than all of it, and the accounts that it leaves out want a look, but for those that are paused.
 */
export async function watchRunDeadlines(
  database: Database,
  jobs: readonly Job[],
  events: WatchEvents,
): Promise<void> {
  const deadlines = jobs.map(({ id, effective }) => ({ job: id, deadline: effective.runDeadline }))
  for (const { runId, job, deadline } of await runsPastDeadline(database, deadlines)) {
    const error = new RunDeadlineError(`the run took longer than its deadline of ${inWords(deadline)}`)
    const syncs = await database.transaction(async (sql) => {
      const asked = await endAtDeadline(sql, runId, error)
      await recordAct(sql, {
        actor: 'system',
        via: 'system',
        action: 'end run at its deadline',
        subject: `run ${runId}`,
        after: { syncs: asked },
        reason: error.message,
        outcome: 'done',
      })
      return asked
    })
    events.runDeadlinePassed({ jobId: job, runId, syncs })
  }
}

/** Has the open syncs of a run end, and returns how many. That a person wanted one to wait is no error of it. */
async function endAtDeadline(sql: Sql, runId: string, error: RunDeadlineError): Promise<number> {
  let asked = 0
  for (const { pause, syncIds } of await openSyncsByPause(sql, runId)) {
    const why = pause === null ? { reason: error.message, error } : { reason: `${error.message}; ${pause}` }
    asked += await requestCancellations(sql, syncIds, { requestedBy: 'system', ...why })
  }
  return asked
}

/** What a person should look at: neither a run that is a little late, nor one of a job that has hardly run before. */
const rule: LongRunRule = { past: 30, least: 5, times: 3, more: minutes(5) }

/** Tells once of a run that takes much longer than its job's runs do, and once when it is over. */
export async function watchLongRuns(database: Database, events: WatchEvents): Promise<void> {
  for (const { runId, job, took, usual, open } of await longRuns(database, rule)) {
    const isNew = await openIncident(database, {
      kind: 'run-long',
      subject: `run ${runId}`,
      job,
      message:
        `run ${runId} of ${job} has taken ${inWords(took)}; its runs take ${inWords(usual)} at most as a rule. ` +
        `${open} syncs are open: \`syncfleet runs show ${runId}\` tells what they wait for`,
      details: { runId, tookMs: Math.round(took), usualMs: Math.round(usual), open },
    })
    if (isNew)
      events.runTakesLong({ jobId: job, runId, tookMs: Math.round(took), usualMs: Math.round(usual) })
  }
  for (const { runId, state, took } of await longRunsOver(database)) {
    await closeIncident(
      database,
      { kind: 'run-long', subject: `run ${runId}` },
      `settled as ${state} after ${inWords(took)}`,
    )
  }
}
