import type { Job } from '../../job/define-job'
import {
  dueBreakerTries,
  dueTries,
  endRests,
  jobsToFollowUp,
  letTry,
  type Try,
} from '../../ledger/gates/follow-ups'
import { releaseHeldUp } from '../../ledger/gates/held-up'
import { closeMootIncidents } from '../../ledger/gates/incidents'
import type { Database } from '../../ledger/postgres/database'
import { planSyncs } from '../../ledger/work/plan-syncs'
import { insertRun, type Run, settleRun } from '../../ledger/work/runs'
import type { Queues } from '../../queue/queues'
import { addRunJob } from '../../queue/run-jobs'
import type { WatchEvents } from '../../telemetry/events'
import { type GateRules, gateRules } from '../gates/gates'
import { probePause } from '../gates/probe-pause'

export interface FollowUpWatch {
  readonly database: Database
  readonly queues: Queues
  readonly jobs: readonly Job[]
  readonly events: WatchEvents
  /** When what is parked is tried again. Default: the rules of this build. */
  readonly gates?: GateRules
}

/** A run for accounts that are owed a sync, and how many of them try something that is shut. */
interface FollowUp {
  readonly run: Run
  readonly accounts: number
  readonly tries: number
}

/**
 * Starts a follow-up run per job for accounts that were kept out and may be synced now: their vendor's wait is over, or what was
 * parked or broken works again. What is still shut is tried with one account each when its time has come.
 */
export async function watchFollowUps(watch: FollowUpWatch): Promise<void> {
  const { database, queues, jobs, events, gates = gateRules } = watch
  for (;;) {
    const released = await database.transaction(releaseHeldUp)
    if (!released) break
    events.heldUpReleased({ ...released })
  }
  for (const { kind, subject } of await closeMootIncidents(database)) events.incidentMoot({ kind, subject })
  const due = await jobsToFollowUp(database)
  for (const job of jobs) {
    const { id: jobId, version, effective } = job
    const { mode } = effective
    if (!due.has(jobId) || mode === 'off') continue
    const followUp = await planFollowUp(database, { jobId, version, mode }, gates)
    if (!followUp) continue
    const { run, accounts, tries } = followUp
    events.followUpStarted({ jobId, runId: run.id, accounts, tries })
    if (run.state === 'running') await addRunJob(queues, { id: run.id, version })
  }
}

/** One transaction: a run is planned and nobody is owed a sync any more, or neither. */
async function planFollowUp(
  database: Database,
  { jobId, version, mode }: { readonly jobId: string; readonly version: number; readonly mode: Run['mode'] },
  gates: GateRules,
): Promise<FollowUp | undefined> {
  return database.transaction(async (sql) => {
    // What is parked first: credentials are locked before accounts.
    const parked = await dueTries(sql, jobId)
    const broken = await dueBreakerTries(sql, jobId)
    const rested = await endRests(sql, jobId)
    const tries = [...parked, ...broken]
    const accountIds = [...new Set([...tries.map(({ accountId }) => accountId), ...rested])]
    if (accountIds.length === 0) return undefined
    const run = await insertRun(sql, {
      job: jobId,
      kind: 'follow-up',
      mode,
      definitionVersion: version,
      reason: reasonOf(rested.length, tries),
    })
    if (!run) throw new Error(`${jobId}: no follow-up run`)
    await planSyncs(
      sql,
      run,
      accountIds,
      parked.map(({ accountId }) => accountId),
    )
    await letTry(sql, run.id, parked, (inVain) => probePause(gates.parked, inVain))
    return {
      run: (await settleRun(sql, run.id)) ?? run,
      accounts: accountIds.length,
      tries: tries.length,
    }
  })
}

/** A run over hundreds of accounts is told by their number, what is tried by its name. */
function reasonOf(rested: number, tries: readonly Try[]): string {
  const names = tries.slice(0, 5).map(({ of }) => of)
  const more = tries.length > names.length ? ` and ${tries.length - names.length} more` : ''
  return [
    ...(rested > 0 ? [`${rested} account${rested === 1 ? '' : 's'} held up before`] : []),
    ...(names.length > 0 ? [`to try whether it works again: ${names.join(', ')}${more}`] : []),
  ].join('; ')
}
