import type { Job } from '../../job/define-job'
import type { DayWindow } from '../../job/streams'
import { type ActedBy, recordAct } from '../../ledger/audit'
import { findRequestedBackfill } from '../../ledger/backfills/backfills'
import { lockRequestKey } from '../../ledger/request-keys'
import { findRequestedRun, type Run } from '../../ledger/work/runs'
import type { Sql } from '../../lib/sql'
import { addRunJob } from '../../queue/run-jobs'
import { JobOffError, planRequestedRun } from '../slots/plan-run'
import { accountsChosen } from './accounts-chosen'
import { type ActTools, toldQueues } from './act-tools'
import { beginBackfill, type BegunBackfill } from './begin-backfill'
import { refusePaused } from './refuse-paused'
import { givenReason } from './reasons'
import { refuseKey, sameChoice } from './request-keys'
import { someStreams } from './streams-chosen'

/** What is to run now, and who wants it. */
export interface RunNowRequest {
  readonly by: ActedBy
  readonly reason?: string
  /** Default: all that are enabled. */
  readonly accountIds?: readonly string[]
  /** Default: all of the job's. A run of some streams makes no account fresher. */
  readonly streams?: readonly string[]
  /** Only these days, both included: that is a backfill. */
  readonly window?: DayWindow
  /** Asking again with the same key comes to the same run, and leaves no second row in the audit log. */
  readonly requestKey?: string
}

/** A run that was asked for. */
export interface RanNow {
  readonly run: Run
  /** False where Redis cannot be reached: the leading scheduler queues its syncs once it can. */
  readonly queued: boolean
  /** False where the same key had started it before. */
  readonly isNew: boolean
}

/**
 * Starts a run of a job, or a backfill where days are named: in the ledger with its row in the audit log first, then in the queue.
 * Throws an `ActRefusedError` where the job is off, something is paused, or an account or stream is not there.
 */
export async function runNow(
  tools: ActTools,
  job: Job,
  request: RunNowRequest,
): Promise<RanNow | BegunBackfill> {
  const { window, ...rest } = request
  return window ? beginBackfill(tools, job, { ...rest, days: window }) : startRun(tools, job, rest)
}

/** Starts a run of a job, as `runNow` without days. */
export async function startRun(
  tools: ActTools,
  job: Job,
  request: Omit<RunNowRequest, 'window'>,
): Promise<RanNow> {
  const { run, isNew } = await tools.database.transaction(async (sql) => plan(sql, job, request))
  return { run, isNew, queued: await queueRun(tools, run) }
}

/** Queues a run that stands in the ledger. True also where it is over; false where Redis cannot be reached. */
export async function queueRun(tools: ActTools, run: Run): Promise<boolean> {
  if (run.state !== 'running') return true
  return toldQueues(tools, async ({ queues }) =>
    addRunJob(queues, { id: run.id, version: run.definitionVersion }),
  )
}

async function plan(
  sql: Sql,
  job: Job,
  { by, reason: given, accountIds, streams: named, requestKey }: Omit<RunNowRequest, 'window'>,
): Promise<Pick<RanNow, 'run' | 'isNew'>> {
  const reason = givenReason(given)
  const why = reason === undefined ? {} : { reason }
  const streams = someStreams(job, named)
  const key = requestKey === undefined ? {} : { requestKey }
  if (requestKey !== undefined) {
    await lockRequestKey(sql, requestKey)
    const known = await runOf(sql, requestKey)
    const isSame =
      known?.job === job.id && sameChoice(known.streams, streams) && sameChoice(known.accounts, accountIds)
    if (known && !isSame)
      refuseKey(requestKey, `run ${known.id} of ${known.job}, which asks for something else`)
    if (known) return { run: known, isNew: false }
  }
  if (job.effective.mode === 'off') throw new JobOffError(job)
  const accounts = await accountsChosen(sql, job, accountIds)
  await refusePaused(sql, job, accountIds)
  const run = await planRequestedRun(sql, job, {
    requestedBy: by.actor,
    ...why,
    ...key,
    ...(accountIds ? { accountIds: accounts.ids } : {}),
    ...(streams ? { streams } : {}),
  })
  await recordAct(sql, {
    ...by,
    ...why,
    action: 'run now',
    subject: `job ${job.id}`,
    after: { run: run.id, accounts: accounts.names, streams: streams ?? 'all' },
    outcome: 'done',
  })
  return { run, isNew: true }
}

/** The run that the key stands for. Throws where it stands for a backfill. */
async function runOf(sql: Sql, requestKey: string): Promise<Run | undefined> {
  const backfill = await findRequestedBackfill(sql, requestKey)
  if (backfill) refuseKey(requestKey, `backfill ${backfill.id} of ${backfill.job}`)
  return findRequestedRun(sql, requestKey)
}
