import type { Sql } from '../../lib/sql'
import { isOnItsWay, jobPausedUntil } from '../control/pause-sql'

/** Since when a run takes, and whose runs are measured: those of a backfill wait behind live work for as long as it takes. */
const beganAt = 'coalesce(r.reopened_at, r.started_at)'
/** What waits while the job is paused has its time from when that is over. */
const goesOnSince = `greatest(${beganAt}, ${jobPausedUntil('r.job')})`
const isMeasured = `r.state = 'running' and r.kind <> 'backfill'`

/** Running runs that have taken longer than their job's deadline, in milliseconds, and of which something is to be ended. */
export async function runsPastDeadline(
  sql: Sql,
  deadlines: readonly { readonly job: string; readonly deadline: number }[],
): Promise<{ readonly runId: string; readonly job: string; readonly deadline: number }[]> {
  const { rows } = await sql.query<{ runId: string; job: string; deadline: number }>(
    `select r.id as "runId", r.job, d.deadline
     from runs r join unnest($1::text[], $2::float8[]) d (job, deadline) on d.job = r.job
     where ${isMeasured} and ${goesOnSince} < clock_timestamp() - d.deadline * interval '1 millisecond'
       and exists (select from syncs s where s.run_id = r.id and s.state in ('waiting', 'running')
                   and not exists (select from cancellations c where c.sync_id = s.id))
     order by r.id`,
    [deadlines.map(({ job }) => job), deadlines.map(({ deadline }) => deadline)],
  )
  return rows
}

/** What makes a run a long one. */
export interface LongRunRule {
  /** Compared with so many runs of the same job and kind that ended before it, and with none where there are fewer than `least`. */
  readonly past: number
  readonly least: number
  /** So many times what nineteen of twenty of them took, and at least so many milliseconds more. */
  readonly times: number
  readonly more: number
}

/** A running run that takes much longer than its job's runs do. Milliseconds. */
export interface LongRun {
  readonly runId: string
  readonly job: string
  readonly took: number
  /** What nineteen of twenty runs before it took at most. */
  readonly usual: number
  readonly open: number
}

/** Long runs of which nobody was told yet, and of which something waits for more than the end of a pause. */
export async function longRuns(sql: Sql, rule: LongRunRule): Promise<LongRun[]> {
  const { rows } = await sql.query<LongRun>(
    `select r.id as "runId", r.job, age.took, past.usual,
       (select count(*)::int from syncs s where s.run_id = r.id and s.state in ('waiting', 'running')) as open
     from runs r
     cross join lateral (select extract(epoch from clock_timestamp() - ${goesOnSince})::float8 * 1000 as took) age
     cross join lateral (
       select count(*) as runs,
         percentile_cont(0.95) within group (order by extract(epoch from settled_at - started_at)::float8 * 1000) as usual
       from (
         select p.started_at, p.settled_at from runs p
         where p.job = r.job and p.kind = r.kind and p.state in ('ok', 'partial') and p.reopened_at is null
         order by p.id desc limit $1) p
     ) past
     where ${isMeasured} and age.took > $4::float8 and past.runs >= $2
       and age.took > $3::float8 * past.usual and age.took > past.usual + $4::float8
       and exists (select from syncs s join accounts a on a.id = s.account_id
                   where s.run_id = r.id and ${isOnItsWay('s', 'a')})
       and not exists (select from incidents i
                       where i.kind = 'run-long' and i.subject = 'run ' || r.id and i.closed_at is null)
     order by r.id`,
    [rule.past, rule.least, rule.times, rule.more],
  )
  return rows
}

/** Runs that were told of as long and are over. */
export async function longRunsOver(
  sql: Sql,
): Promise<{ readonly runId: string; readonly state: string; readonly took: number }[]> {
  const { rows } = await sql.query<{ runId: string; state: string; took: number }>(
    `select r.id as "runId", r.state, extract(epoch from r.settled_at - ${beganAt})::float8 * 1000 as took
     from incidents i join runs r on r.id = (i.details ->> 'runId')::bigint
     where i.kind = 'run-long' and i.closed_at is null and r.state <> 'running'`,
  )
  return rows
}
