import type { Sql } from '../../lib/sql'
import type { AttemptOutcome, WaitsFor } from '../work/attempts'
import type { RunSync } from '../work/run-syncs'
import type { RunKind, RunMode } from '../work/runs'
import { type SyncWait, waitsOf } from '../work/sync-waits'
import type { Lane } from '../work/syncs'

/** One attempt at a sync, for lists. */
export interface AttemptRow {
  readonly number: number
  readonly outcome: AttemptOutcome
  readonly worker: string
  readonly build: string
  readonly errorCode: string | null
  readonly errorMessage: string | null
  readonly startedAt: Date
  readonly endedAt: Date | null
  /** Requests that were sent to the vendor. 0 of an attempt whose worker could not say. */
  readonly calls: number
  /** Milliseconds that it waited for the vendor's limits. */
  readonly limitWait: number
  /** For what its sync went on waiting, and until when at least. */
  readonly waitsFor: WaitsFor | null
  readonly againAt: Date | null
}

/** How a sync has moved the cursor of a stream. */
export interface MovedCursor {
  readonly from: unknown
  readonly to: unknown
}

/** Where a stream of a sync's account stands now, or a stream of its window where it is of a backfill. */
export interface StreamNow {
  readonly stream: string
  readonly cursor: unknown
  readonly hasPosition: boolean
}

/** One sync with all that is known of it. */
export interface SyncView extends RunSync {
  /** Postgres' clock. */
  readonly now: Date
  readonly runId: string
  readonly kind: RunKind
  readonly mode: RunMode
  readonly dueAt: Date | null
  readonly job: string
  readonly lane: Lane
  readonly accountId: string
  readonly clientName: string
  readonly timezone: string
  readonly failures: number
  readonly waits: number
  readonly interruptions: number
  readonly crashes: number
  readonly crashesInARow: number
  readonly createdAt: Date
  /** Its place in its run's spread, or in a row of retries. */
  readonly startsAt: Date | null
  /** When it was last retried as a dead letter. */
  readonly reopenedAt: Date | null
  readonly signature: string | null
  readonly discardedBy: string | null
  readonly discardReason: string | null
  /** Who wants it to end, while it has not ended. */
  readonly cancellingBy: string | null
  /** By stream; a stream whose cursor it has not moved is missing. */
  readonly cursors: Readonly<Record<string, MovedCursor>>
  readonly streams: readonly StreamNow[]
  /** What it met before its attempts, from the first. */
  readonly met: readonly SyncWait[]
  /** Its attempts, from the first. */
  readonly history: readonly AttemptRow[]
}

/** A sync as it stands; undefined where there is none of that id. */
export async function syncView(sql: Sql, syncId: string): Promise<SyncView | undefined> {
  const { rows } = await sql.query<Omit<SyncView, 'history' | 'met' | 'streams'>>(
    `select s.id, s.run_id as "runId", r.kind, r.mode, r.due_at as "dueAt", s.job, s.lane, s.account_id as "accountId",
       a.client_id as client, client.name as "clientName", a.timezone, a.external_id as account, s.state, s.reason,
       s.error_code as "errorCode", s.error_message as "errorMessage", s.error_signature as signature,
       s.attempts, s.failures, s.waits, s.interruptions, s.crashes, s.crashes_in_a_row as "crashesInARow",
       s.pages, s.read, s.inserted, s.updated, s.unchanged, s.removed, s.rejected, s.wait_until as "waitUntil",
       s.created_at as "createdAt", s.starts_at as "startsAt", s.reopened_at as "reopenedAt",
       s.started_at as "startedAt", s.settled_at as "settledAt", s.discarded_by as "discardedBy",
       s.discard_reason as "discardReason", c.requested_by as "cancellingBy", coalesce(s.cursors, '{}') as cursors,
       clock_timestamp() as now
     from syncs s join runs r on r.id = s.run_id join accounts a on a.id = s.account_id
     join clients client on client.id = a.client_id left join cancellations c on c.sync_id = s.id
     where s.id = $1`,
    [syncId],
  )
  const [found] = rows
  if (!found) return undefined
  const [history, met, streams] = await Promise.all([
    attemptsOf(sql, syncId),
    waitsOf(sql, syncId),
    streamsNow(sql, found),
  ])
  return { ...found, history, met, streams }
}

async function attemptsOf(sql: Sql, syncId: string): Promise<AttemptRow[]> {
  const { rows } = await sql.query<AttemptRow>(
    `select number, outcome, worker, build, error_code as "errorCode", error_message as "errorMessage",
       started_at as "startedAt", ended_at as "endedAt", calls, limit_wait as "limitWait", waits_for as "waitsFor",
       again_at as "againAt"
     from attempts where sync_id = $1 order by number`,
    [syncId],
  )
  return rows
}

async function streamsNow(
  sql: Sql,
  { id, accountId, mode, lane }: Pick<SyncView, 'id' | 'accountId' | 'mode' | 'lane'>,
): Promise<StreamNow[]> {
  const { rows } =
    lane === 'live'
      ? await sql.query<StreamNow>(
          `select stream, cursor, position is not null as "hasPosition" from stream_states
           where account_id = $1 and mode = $2 order by stream`,
          [accountId, mode],
        )
      : await sql.query<StreamNow>(
          `select p.stream, null as cursor, p.position is not null as "hasPosition"
           from backfill_windows w join backfill_positions p on p.window_id = w.id where w.sync_id = $1 order by p.stream`,
          [id],
        )
  return rows
}
