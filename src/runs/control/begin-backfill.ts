import type { Job } from '../../job/define-job'
import type { DayWindow } from '../../job/streams'
import { dayText } from '../../job/values'
import { type ActedBy, recordAct } from '../../ledger/audit'
import {
  type Backfill,
  findBackfill,
  findRequestedBackfill,
  windowedAccounts,
} from '../../ledger/backfills/backfills'
import { lockRequestKey } from '../../ledger/request-keys'
import { findRequestedRun } from '../../ledger/work/runs'
import { addDays } from '../../lib/local-days'
import type { Sql } from '../../lib/sql'
import { type BackfillEstimate, estimateBackfill } from '../backfills/backfill-windows'
import { requestBackfill } from '../backfills/backfill-work'
import { JobOffError } from '../slots/plan-run'
import { accountsChosen } from './accounts-chosen'
import { ActRefusedError } from './act-refused'
import type { ActTools } from './act-tools'
import { givenReason } from './reasons'
import { refuseKey, sameChoice } from './request-keys'
import { streamsChosen } from './streams-chosen'

/** Which days of a job somebody wants read again. */
export interface BackfillWish {
  /** In each account's zone, both included. */
  readonly days: DayWindow
  /** Default: all of the job's. */
  readonly streams?: readonly string[]
  /** Default: all that are enabled. */
  readonly accountIds?: readonly string[]
}

/** Who asks for it, and why. */
export interface BackfillRequest extends BackfillWish {
  readonly by: ActedBy
  readonly reason?: string
  /** Asking again with the same key comes to the same backfill, and leaves no second row in the audit log. */
  readonly requestKey?: string
}

/** A backfill that is written down. */
export interface BegunBackfill {
  readonly backfill: Backfill
  readonly estimate: BackfillEstimate
  /** False where the same key had begun it before. */
  readonly isNew: boolean
}

/** What a backfill would take. Throws an `ActRefusedError` where it could not be begun. */
export async function foreseeBackfill(sql: Sql, job: Job, wish: BackfillWish): Promise<BackfillEstimate> {
  return (await foresee(sql, job, wish)).estimate
}

/** Writes down that days are to be read again. The leading scheduler begins with its next round, behind all live work. */
export async function beginBackfill(
  { database }: ActTools,
  job: Job,
  request: BackfillRequest,
): Promise<BegunBackfill> {
  const { by, days, requestKey } = request
  const reason = givenReason(request.reason)
  const why = reason === undefined ? {} : { reason }
  return database.transaction(async (sql) => {
    if (requestKey !== undefined) {
      await lockRequestKey(sql, requestKey)
      const known = await begunBefore(sql, job, request, requestKey)
      if (known) return known
    }
    if (job.effective.mode === 'off') throw new JobOffError(job)
    const { estimate, accounts, streams } = await foresee(sql, job, request)
    const id = await requestBackfill(sql, job, {
      days,
      streams: streams ?? null,
      accountIds: accounts.ids,
      ...(request.accountIds ? { accounts: accounts.ids } : {}),
      ...(requestKey === undefined ? {} : { requestKey }),
      ...why,
      requestedBy: by.actor,
    })
    await recordAct(sql, {
      ...by,
      ...why,
      action: 'backfill',
      subject: `job ${job.id}`,
      after: {
        backfill: id,
        days,
        streams: streams ?? 'all',
        accounts: accounts.names,
        calls: estimate.calls,
      },
      outcome: 'done',
    })
    return { backfill: await written(sql, id), estimate, isNew: true }
  })
}

async function foresee(sql: Sql, job: Job, { days, streams, accountIds }: BackfillWish) {
  expectDays(days)
  const wanted = streams && streamsChosen(job, streams)
  const accounts = await accountsChosen(sql, job, accountIds)
  const estimate = estimateBackfill(job, days, accounts.ids.length)
  if (accounts.ids.length === 0) throw new ActRefusedError('conflict', `${job.id} has no enabled account`)
  return { estimate, accounts, streams: wanted }
}

/** No vendor's history is older: a year that was mistyped must not become a window for every day since. */
const firstDay = '2000-01-01'

function expectDays({ from, to }: DayWindow): void {
  for (const day of [from, to])
    if (dayText(day) === undefined)
      throw new ActRefusedError('invalid', `expected a calendar day as in 2026-03-08, got "${day}"`)
  if (from > to) throw new ActRefusedError('invalid', `${from} is after ${to}`)
  if (from < firstDay)
    throw new ActRefusedError('invalid', `${from} is too long ago: days are read again from ${firstDay} on`)
  // Somewhere on earth it is tomorrow already.
  const tomorrow = addDays(new Date().toISOString().slice(0, 10), 1)
  if (to > tomorrow) throw new ActRefusedError('invalid', `${to} is in the future`)
}

/** What the key stands for. Throws where that is something else. */
async function begunBefore(
  sql: Sql,
  job: Job,
  { days, streams, accountIds }: BackfillWish,
  requestKey: string,
): Promise<BegunBackfill | undefined> {
  const run = await findRequestedRun(sql, requestKey)
  if (run) refuseKey(requestKey, `run ${run.id} of ${run.job}`)
  const known = await findRequestedBackfill(sql, requestKey)
  if (!known) return undefined
  const isSame =
    known.job === job.id &&
    known.days.from === days.from &&
    known.days.to === days.to &&
    sameChoice(known.streams, streams) &&
    sameChoice(known.accountIds, accountIds)
  if (!isSame) refuseKey(requestKey, `backfill ${known.id} of ${known.job}, which asks for something else`)
  const accounts = await windowedAccounts(sql, known.id)
  return { backfill: known, estimate: estimateBackfill(job, days, accounts), isNew: false }
}

async function written(sql: Sql, id: string): Promise<Backfill> {
  const backfill = await findBackfill(sql, id)
  if (!backfill) throw new Error(`backfill ${id} was written down and is gone`)
  return backfill
}
