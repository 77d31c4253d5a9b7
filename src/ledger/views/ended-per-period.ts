import type { Sql } from '../../lib/sql'

/** A stretch of time in which syncs, or runs, ended. */
export interface PeriodQuestion {
  /** A job for its syncs, `runs` for the runs of all jobs; absent for the syncs of all jobs. */
  readonly of?: string
  readonly from: Date
  readonly to: Date
}

/** How long a period is, from a whole one in UTC. */
export type Period = 'hour' | 'day'

/** Which ended: those that failed, or all others that did something. */
export type Ended = 'failed' | 'completed'

/** How many ended in each period, oldest first; periods without any are left out. */
export async function endedPerPeriod(
  sql: Sql,
  { of, from, to }: PeriodQuestion,
  ended: Ended,
  period: Period,
): Promise<{ readonly startsAt: Date; readonly count: number }[]> {
  const states = ended === 'failed' ? ['failed'] : ['ok', 'partial', 'deferred', 'superseded']
  const { rows } = await sql.query<{ startsAt: Date; count: number }>(
    `select date_trunc($4, settled_at, 'UTC') as "startsAt", count(*)::int as count
     from ${of === 'runs' ? 'runs' : 'syncs'}
     where settled_at >= $1 and settled_at < $2 and state = any ($3) and ($5::text is null or job = $5)
     group by 1 order by 1`,
    [from, to, states, period, of === 'runs' ? null : (of ?? null)],
  )
  return rows
}

/** What is measured of syncs: from the first attempt to the end, or from planning to the first attempt. */
export type Took = 'work' | 'wait'

/** Percentiles (0 to 100) of what syncs took in each period, in milliseconds, in the order of `percentiles`; oldest first. */
export async function tookPerPeriod(
  sql: Sql,
  { of, from, to }: PeriodQuestion,
  took: Took,
  period: Period | 'range',
  percentiles: readonly number[],
): Promise<{ readonly startsAt: Date; readonly count: number; readonly milliseconds: readonly number[] }[]> {
  const span = took === 'work' ? 'settled_at - started_at' : 'started_at - created_at'
  const { rows } = await sql.query<{ startsAt: Date; count: number; milliseconds: number[] }>(
    `select ${period === 'range' ? '$1::timestamptz' : `date_trunc('${period}', settled_at, 'UTC')`} as "startsAt",
       count(*)::int as count,
       percentile_cont($3::float8[]) within group (order by extract(epoch from ${span}) * 1000) as milliseconds
     from syncs
     where settled_at >= $1 and settled_at < $2 and started_at is not null and ($4::text is null or job = $4)
     group by 1 order by 1`,
    [from, to, percentiles.map((percentile) => percentile / 100), of ?? null],
  )
  return rows
}
