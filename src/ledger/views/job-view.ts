import type { Sql } from '../../lib/sql'
import { type BackfillRow, listBackfills } from '../backfills/backfills'
import { type Incident, listIncidents } from '../gates/incidents'
import { countingOf, type Counting, slotHistory, type SlotOutcome } from '../slots/slot-history'
import { listRuns, type RunTotals } from '../work/runs'

/** Dead letters of a job that share a signature. */
export interface DeadLetterSummary {
  readonly signature: string
  readonly errorCode: string
  /** The latest one's. */
  readonly message: string | null
  readonly syncs: number
  readonly accounts: number
  readonly lastSeen: Date
}

/** How one job stands, in full but for its accounts. */
export interface JobOverview {
  readonly counting: Counting
  /** Latest first; one more than asked for where there are more. */
  readonly slots: readonly SlotOutcome[]
  /** How many were asked for. */
  readonly slotsAtOnce: number
  /** True where the latest slots were asked for. */
  readonly isFirstPage: boolean
  /** Latest first. */
  readonly runs: readonly RunTotals[]
  /** Those under way, also such as have gone on since before `runs`. Oldest first. */
  readonly running: readonly RunTotals[]
  /** Those that last. */
  readonly incidents: readonly Incident[]
  readonly deadLetters: readonly DeadLetterSummary[]
  /** True where there are so many that only the latest were looked at. */
  readonly moreDeadLetters: boolean
  /** The latest. */
  readonly backfills: readonly BackfillRow[]
}

/** So many are looked at. */
const mostDeadLetters = 1000

/** What is to be seen of a job: slots due up to `slotsUntil`, the last runs, and what is wrong. Each part is bounded. */
export async function jobOverview(
  sql: Sql,
  job: string,
  query: { readonly slots: number; readonly slotsUntil?: Date; readonly runs: number },
): Promise<JobOverview> {
  const until = query.slotsUntil === undefined ? {} : { to: query.slotsUntil }
  const [counting, slots, runs, running, incidents, deadLetters, backfills] = await Promise.all([
    countingOf(sql, job),
    slotHistory(sql, { job, limit: query.slots + 1, ...until }),
    listRuns(sql, { job, limit: query.runs }),
    runsUnderWay(sql, job),
    listIncidents(sql, { job, limit: 20 }),
    deadLettersOf(sql, job),
    listBackfills(sql, { job, limit: 3 }),
  ])
  const dead = deadLetters.reduce((sum, { syncs }) => sum + syncs, 0)
  const moreDeadLetters = dead >= mostDeadLetters
  const isFirstPage = query.slotsUntil === undefined
  return {
    counting,
    slots,
    slotsAtOnce: query.slots,
    isFirstPage,
    runs,
    running,
    incidents,
    deadLetters,
    moreDeadLetters,
    backfills,
  }
}

async function runsUnderWay(sql: Sql, job: string): Promise<RunTotals[]> {
  const { rows } = await sql.query<{ id: string }>(
    `select id from runs where state = 'running' and job = $1 order by id desc limit 10`,
    [job],
  )
  return (await Promise.all(rows.map(({ id }) => listRuns(sql, { id, limit: 1 })))).flat()
}

async function deadLettersOf(sql: Sql, job: string): Promise<DeadLetterSummary[]> {
  const { rows } = await sql.query<DeadLetterSummary>(
    `with dead as materialized (
       select id, account_id, coalesce(error_signature, error_code) as signature, error_code, error_message, settled_at
       from syncs where job = $1 and state = 'failed' and discarded_at is null order by id desc limit ${mostDeadLetters})
     select signature, (array_agg(error_code order by id desc))[1] as "errorCode",
       (array_agg(error_message order by id desc))[1] as message, count(*)::int as syncs,
       count(distinct account_id)::int as accounts, max(settled_at) as "lastSeen"
     from dead group by signature order by max(settled_at) desc`,
    [job],
  )
  return rows
}
