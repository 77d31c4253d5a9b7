import type { Sql } from '../../lib/sql'
import { postgresTime } from '../postgres/time'
import { listRuns, type RunTotals } from '../work/runs'
import type { SyncState } from '../work/syncs'

/** What the syncs of a run come to together. Counts of records are text, as Postgres' bigint is. */
export interface RunSums {
  readonly waiting: number
  readonly running: number
  readonly pages: number
  readonly read: string
  readonly inserted: string
  readonly updated: string
  readonly unchanged: string
  readonly removed: string
  readonly attempts: number
  /** Requests that were sent to vendors. */
  readonly calls: number
  /** Milliseconds that attempts waited for vendors' limits. */
  readonly limitWait: number
  /** When the last of its syncs has its place; null where all start at once. */
  readonly spreadUntil: Date | null
}

/** Syncs of a run that met the same error. */
export interface RunError {
  readonly code: string
  /** Of dead letters; null where none is one. */
  readonly signature: string | null
  readonly syncs: number
  /** The latest sync's. */
  readonly message: string | null
  readonly syncId: string
}

/** A run's time is looked at in so many equal parts. */
export const partsOfTime = 100

/** One run with all that is summed up of it. */
export interface RunView {
  /** Postgres' clock. */
  readonly now: Date
  readonly run: RunTotals
  readonly sums: RunSums
  /** Most frequent first, ten at most. */
  readonly errors: readonly RunError[]
  /** How many of its attempts were under way on average in each part of its time so far. */
  readonly busy: readonly number[]
}

/** A run as it stands; undefined where there is none of that id. */
export async function runView(sql: Sql, runId: string): Promise<RunView | undefined> {
  const [[run], sums, errors, busy, now] = await Promise.all([
    listRuns(sql, { id: runId, limit: 1 }),
    sumsOf(sql, runId),
    errorsOf(sql, runId),
    busyOf(sql, runId),
    postgresTime(sql),
  ])
  return run && sums && { run, sums, errors, busy, now }
}

async function sumsOf(sql: Sql, runId: string): Promise<RunSums | undefined> {
  const { rows } = await sql.query<RunSums>(
    `select count(*) filter (where s.state = 'waiting')::int as waiting,
       count(*) filter (where s.state = 'running')::int as running,
       coalesce(sum(s.pages), 0)::int as pages, coalesce(sum(s.read), 0)::text as read,
       coalesce(sum(s.inserted), 0)::text as inserted, coalesce(sum(s.updated), 0)::text as updated,
       coalesce(sum(s.unchanged), 0)::text as unchanged, coalesce(sum(s.removed), 0)::text as removed,
       coalesce(sum(tried.attempts), 0)::int as attempts, coalesce(sum(tried.calls), 0)::float8 as calls,
       coalesce(sum(tried.limit_wait), 0)::float8 as "limitWait", max(s.starts_at) as "spreadUntil"
     from syncs s cross join lateral (
       select count(*) as attempts, sum(calls) as calls, sum(limit_wait) as limit_wait
       from attempts where sync_id = s.id) tried
     where s.run_id = $1`,
    [runId],
  )
  return rows[0]
}

async function errorsOf(sql: Sql, runId: string): Promise<RunError[]> {
  const { rows } = await sql.query<RunError>(
    `select error_code as code, error_signature as signature, count(*)::int as syncs, max(id)::text as "syncId",
       (array_agg(error_message order by id desc))[1] as message
     from syncs where run_id = $1 and error_code is not null
     group by error_code, error_signature order by count(*) desc, error_code limit 10`,
    [runId],
  )
  return rows
}

/** Summed up where the attempts are: a run of hundreds of accounts has thousands. */
async function busyOf(sql: Sql, runId: string): Promise<number[]> {
  const { rows } = await sql.query<{ part: number; busy: number }>(
    `with run as (
       select id, started_at, extract(epoch from coalesce(settled_at, clock_timestamp()) - started_at)::float8 as took
       from runs where id = $1),
     worked as (
       select greatest(extract(epoch from t.started_at - run.started_at)::float8, 0) as began,
         least(extract(epoch from coalesce(t.ended_at, clock_timestamp()) - run.started_at)::float8, run.took) as ended,
         run.took / $2::int as length
       from run join syncs s on s.run_id = run.id join attempts t on t.sync_id = s.id where run.took > 0)
     select part, sum(least(ended, (part + 1) * length) - greatest(began, part * length)) / length as busy
     from worked cross join lateral
       generate_series(floor(began / length)::int, least(ceil(ended / length)::int, $2::int) - 1) part
     group by part, length`,
    [runId, partsOfTime],
  )
  const busy = new Map(rows.map((row) => [row.part, row.busy]))
  return Array.from({ length: partsOfTime }, (_, part) => busy.get(part) ?? 0)
}

/** One sync in a run's list. Counts are text, as Postgres' bigint is. */
export interface ListedSync {
  readonly id: string
  readonly accountId: string
  readonly client: string
  readonly clientName: string
  readonly account: string
  readonly state: SyncState
  /** Why it was skipped, waits, or ended otherwise than ok. */
  readonly reason: string | null
  readonly errorCode: string | null
  readonly errorMessage: string | null
  readonly attempts: number
  readonly calls: number
  readonly read: string
  /** Records that were inserted, updated or removed. */
  readonly changed: string
  readonly rejected: string
  readonly waitUntil: Date | null
  readonly startedAt: Date | null
  readonly settledAt: Date | null
}

/** Which of a run's syncs. */
export interface SyncsQuery {
  readonly state?: SyncState
  readonly limit: number
  readonly offset: number
}

/** The syncs of a run, those that need a look first, then by client; one more than asked for where there are more. */
export async function listedSyncs(sql: Sql, runId: string, query: SyncsQuery): Promise<ListedSync[]> {
  const { rows } = await sql.query<ListedSync>(
    `with chosen as (
       select s.*, a.client_id, a.external_id from syncs s join accounts a on a.id = s.account_id
       where s.run_id = $1 and ($2::text is null or s.state = $2)
       order by ${worstFirst}, a.client_id, s.id limit $3 offset $4)
     select s.id, s.account_id as "accountId", s.client_id as client, c.name as "clientName", s.external_id as account,
       s.state, s.reason, s.error_code as "errorCode", s.error_message as "errorMessage", s.attempts, s.read,
       (s.inserted + s.updated + s.removed)::text as changed, s.rejected, s.wait_until as "waitUntil",
       s.started_at as "startedAt", s.settled_at as "settledAt",
       (select coalesce(sum(calls), 0)::float8 from attempts where sync_id = s.id) as calls
     from chosen s join clients c on c.id = s.client_id
     order by ${worstFirst}, s.client_id, s.id`,
    [runId, query.state ?? null, query.limit + 1, query.offset],
  )
  return rows
}

const worstFirst = `array_position(array['failed', 'deferred', 'partial', 'running', 'waiting', 'cancelled', 'skipped'],
  s.state) nulls last`
