import type { Job } from '../../job/define-job'
import { throughOf } from '../../job/through'
import { type ActedBy, recordAct } from '../../ledger/audit'
import { dropStreamStates } from '../../ledger/streams/stream-states'
import { forgetOperations } from '../../ledger/streams/operations'
import { lockAccount } from '../../ledger/work/fences'
import { openLiveSync } from '../../ledger/work/open-syncs'
import { syncsOfRun } from '../../ledger/work/run-syncs'
import type { Run } from '../../ledger/work/runs'
import type { Sql } from '../../lib/sql'
import { JobOffError, planRequestedRun } from '../slots/plan-run'
import { accountsChosen } from './accounts-chosen'
import { ActRefusedError } from './act-refused'
import type { ActTools } from './act-tools'
import { refusePaused } from './refuse-paused'
import { expectReason } from './reasons'
import { type RanNow, queueRun } from './run-now'
import { someStreams } from './streams-chosen'

/** Who wants an account read from its beginning again, and why. */
export interface ResyncOrder {
  readonly by: ActedBy
  readonly reason: string
  /** Default: all of the job's. */
  readonly streams?: readonly string[]
}

/**
 * Forgets how far an account's streams are, and runs the account now: all that its vendor offers is read again. Its rows stay in
 * place meanwhile, and only what the vendor does not name any more goes, as ever. Throws an `ActRefusedError` where the account
 * cannot be synced now; then nothing was forgotten.
 */
export async function resyncAccount(
  tools: ActTools,
  job: Job,
  accountId: string,
  order: ResyncOrder,
): Promise<RanNow> {
  const run = await tools.database.transaction(async (sql) => startOver(sql, job, accountId, order))
  return { run, isNew: true, queued: await queueRun(tools, run) }
}

async function startOver(
  sql: Sql,
  job: Job,
  accountId: string,
  { by, reason: given, streams: named }: ResyncOrder,
): Promise<Run> {
  const reason = expectReason(given)
  const streams = someStreams(job, named)
  const { mode } = job.effective
  if (mode === 'off') throw new JobOffError(job)
  const { names } = await accountsChosen(sql, job, [accountId])
  await refusePaused(sql, job, [accountId])
  // From here on nobody claims it, and no page of it is being written.
  await lockAccount(sql, accountId)
  const open = await openLiveSync(sql, accountId)
  if (open !== undefined)
    throw new ActRefusedError(
      'conflict',
      `account ${accountId} is being synced; cancel that first: \`syncfleet syncs cancel ${open}\``,
    )
  const before = await dropStreamStates(sql, { accountId, mode }, streams)
  await forgetOperations(sql, { accountId, mode, lane: 'live' }, streams)
  const run = await planRequestedRun(sql, job, {
    requestedBy: by.actor,
    reason: `full re-sync: ${reason}`,
    accountIds: [accountId],
    ...(streams ? { streams } : {}),
  })
  const [sync] = await syncsOfRun(sql, run.id)
  if (sync?.state !== 'waiting')
    throw new ActRefusedError(
      'conflict',
      `account ${accountId} cannot be synced now: ${sync?.reason ?? 'it is disabled'}; nothing was forgotten`,
    )
  await recordAct(sql, {
    ...by,
    action: 'full re-sync',
    subject: `account ${accountId}`,
    // Without what the vendor calls things: rows of the audit log are for all eyes, and for good.
    before: { streams: before.map(({ stream, cursor }) => ({ stream, through: throughOf(cursor) })) },
    after: { run: run.id, job: job.id, clients: names, streams: streams ?? 'all' },
    reason,
    outcome: 'done',
  })
  return run
}
