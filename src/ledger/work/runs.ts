import type { Mode } from '../../job/define-job'
import type { Sql } from '../../lib/sql'

export type RunState = 'running' | 'ok' | 'partial' | 'failed' | 'cancelled'
export type RunKind = 'slot' | 'catch-up' | 'manual' | 'follow-up' | 'backfill'
export type RunMode = Exclude<Mode, 'off'>

/** One occurrence of a job. */
export interface Run {
  readonly id: string
  readonly job: string
  readonly kind: RunKind
  readonly mode: RunMode
  /** The instant it stands for; null where a person asked for it. */
  readonly dueAt: Date | null
  readonly state: RunState
  readonly definitionVersion: number
  readonly requestedBy: string | null
  readonly reason: string | null
  /** Only these of the job's streams are read; null means all. */
  readonly streams: readonly string[] | null
  /** Only these accounts were asked for; null means all. */
  readonly accounts: readonly string[] | null
  /** Who ended it before it was done, and why. */
  readonly cancelledBy: string | null
  readonly cancelReason: string | null
  readonly startedAt: Date
  readonly settledAt: Date | null
}

const columnsOf = (alias: string): string =>
  `${alias}.id, ${alias}.job, ${alias}.kind, ${alias}.mode, ${alias}.due_at as "dueAt", ${alias}.state,
   ${alias}.definition_version as "definitionVersion", ${alias}.requested_by as "requestedBy", ${alias}.reason,
   ${alias}.streams, ${alias}.accounts::text[] as accounts,
   ${alias}.cancelled_by as "cancelledBy", ${alias}.cancel_reason as "cancelReason",
   ${alias}.started_at as "startedAt", ${alias}.settled_at as "settledAt"`
const columns = columnsOf('runs')

export interface NewRun {
  readonly job: string
  readonly kind: RunKind
  readonly mode: RunMode
  readonly dueAt?: Date
  readonly definitionVersion: number
  readonly requestedBy?: string
  readonly reason?: string
  readonly streams?: readonly string[]
  readonly accounts?: readonly string[]
  /** Asking again with the same key changes nothing. */
  readonly requestKey?: string
}

/** A new run, or undefined where its request key was used before. */
export async function insertRun(sql: Sql, run: NewRun): Promise<Run | undefined> {
  const { rows } = await sql.query<Run>(
    `insert into runs (job, kind, mode, due_at, definition_version, requested_by, reason, request_key, streams, accounts, started_at)
     values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, clock_timestamp())
     on conflict (request_key) do nothing returning ${columns}`,
    [
      run.job,
      run.kind,
      run.mode,
      run.dueAt ?? null,
      run.definitionVersion,
      run.requestedBy ?? null,
      run.reason ?? null,
      run.requestKey ?? null,
      run.streams ?? null,
      run.accounts ?? null,
    ],
  )
  return rows[0]
}

export async function findRun(sql: Sql, runId: string): Promise<Run | undefined> {
  const { rows } = await sql.query<Run>(`select ${columns} from runs where id = $1`, [runId])
  return rows[0]
}

/** The run that a request key stands for. */
export async function findRequestedRun(sql: Sql, requestKey: string): Promise<Run | undefined> {
  const { rows } = await sql.query<Run>(`select ${columns} from runs where request_key = $1`, [requestKey])
  return rows[0]
}

/** True while any run of the job has not been settled, but for backfills: those are in nobody's way. */
export async function isRunning(sql: Sql, job: string): Promise<boolean> {
  const { rowCount } = await sql.query(
    `select 1 from runs where job = $1 and state = 'running' and kind <> 'backfill' limit 1`,
    [job],
  )
  return rowCount > 0
}

/** A run with the sums over its syncs; `rows` are those inserted, updated or removed. */
export interface RunTotals extends Run {
  readonly syncs: number
  readonly open: number
  readonly ok: number
  readonly partial: number
  readonly failed: number
  readonly skipped: number
  readonly deferred: number
  readonly cancelled: number
  readonly superseded: number
  readonly rows: string
  readonly rejected: string
}

/** Runs with their totals, newest first; `before` is a run id to page on from. */
export async function listRuns(
  sql: Sql,
  query: { readonly job?: string; readonly id?: string; readonly before?: string; readonly limit: number },
): Promise<RunTotals[]> {
  const { rows } = await sql.query<RunTotals>(
    `select ${columnsOf('run')}, totals.*
     from (
       select * from runs
       where ($1::text is null or job = $1) and ($2::bigint is null or id = $2) and ($3::bigint is null or id < $3)
       order by id desc limit $4
     ) run
     cross join lateral (
       select count(*)::int as syncs,
         count(*) filter (where state in ('waiting', 'running'))::int as open,
         count(*) filter (where state = 'ok')::int as ok,
         count(*) filter (where state = 'partial')::int as partial,
         count(*) filter (where state = 'failed')::int as failed,
         count(*) filter (where state = 'skipped')::int as skipped,
         count(*) filter (where state = 'deferred')::int as deferred,
         count(*) filter (where state = 'cancelled')::int as cancelled,
         count(*) filter (where state = 'superseded')::int as superseded,
         coalesce(sum(inserted + updated + removed), 0)::text as rows,
         coalesce(sum(rejected), 0)::text as rejected
       from syncs where run_id = run.id
     ) totals
     order by run.id desc`,
    [query.job ?? null, query.id ?? null, query.before ?? null, query.limit],
  )
  return rows
}

/**
 * Settles a run whose syncs are all settled, by their states. Undefined where it is settled already or has open syncs.
 * Takes the run's lock first and counts in a later statement, so the last of several syncs settling at once sees the others.
 */
export async function settleRun(sql: Sql, runId: string): Promise<Run | undefined> {
  await lockRun(sql, runId)
  return (await settleLockedRuns(sql, [runId]))[0]
}

/** Settles those of the locked runs that have no open sync any more, and returns them. */
export async function settleLockedRuns(sql: Sql, runIds: readonly string[]): Promise<Run[]> {
  const { rows } = await sql.query<Run>(
    `update runs set settled_at = clock_timestamp(),
       state = case when cancelled_by is not null then 'cancelled'
                    when exists (select from syncs where run_id = runs.id
                                 and (state in ('failed', 'partial', 'deferred', 'cancelled') or kept_out)) then 'partial'
                    else 'ok' end
     where id = any ($1::bigint[]) and state = 'running'
       and not exists (select from syncs where run_id = runs.id and state in ('waiting', 'running'))
     returning ${columns}`,
    [runIds],
    { prepared: 'settle_locked_runs' },
  )
  return rows
}

/** Running runs that have no open sync: whoever settled the last one died before the run was. */
export async function runsWithoutOpenSyncs(sql: Sql): Promise<string[]> {
  const { rows } = await sql.query<{ id: string }>(
    `select id from runs r where state = 'running'
       and not exists (select 1 from syncs s where s.run_id = r.id and s.state in ('waiting', 'running'))
     order by id`,
  )
  return rows.map(({ id }) => id)
}

/** Locks a run until the transaction ends. Comes before the locks of its syncs. */
export async function lockRun(sql: Sql, runId: string): Promise<void> {
  await lockRuns(sql, [runId])
}

/** Locks runs until the transaction ends, by id. */
export async function lockRuns(sql: Sql, runIds: readonly string[]): Promise<void> {
  await sql.query(
    'select 1 from runs where id = any ($1::bigint[]) order by id for no key update',
    [runIds],
    {
      prepared: 'lock_runs',
    },
  )
}

/**
 * A settled run whose sync was reopened is running again. Where the sync waits for its turn, for `after` milliseconds, the time
 * that the run takes is counted from then.
 */
export async function reopenRun(sql: Sql, runId: string, after = 0): Promise<void> {
  await sql.query(
    `update runs set state = 'running', settled_at = null,
       reopened_at = greatest(reopened_at, clock_timestamp() + $2::float8 * interval '1 millisecond')
     where id = $1 and (state <> 'running' or $2 > 0)`,
    [runId, after],
  )
}
