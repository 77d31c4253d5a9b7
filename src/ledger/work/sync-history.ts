import type { Sql } from '../../lib/sql'
import type { AttemptOutcome } from './attempts'
import type { RunSync } from './run-syncs'
import type { Lane } from './syncs'

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
}

/** One sync with all that is known of it. */
export interface SyncHistory extends RunSync {
  readonly runId: string
  readonly job: string
  readonly lane: Lane
  readonly failures: number
  readonly waits: number
  readonly interruptions: number
  readonly crashes: number
  readonly crashesInARow: number
  /** Who wants it to end, while it has not ended. */
  readonly cancellingBy: string | null
  /** From the first. */
  readonly history: readonly AttemptRow[]
}

export async function syncHistory(sql: Sql, syncId: string): Promise<SyncHistory | undefined> {
  const { rows } = await sql.query<Omit<SyncHistory, 'history'>>(
    `select s.id, s.run_id as "runId", s.job, s.lane, a.client_id as client, a.external_id as account, s.state, s.reason,
       s.error_code as "errorCode", s.error_message as "errorMessage", s.attempts, s.failures, s.waits, s.interruptions,
       s.crashes, s.crashes_in_a_row as "crashesInARow", s.pages, s.read, s.inserted, s.updated, s.unchanged, s.removed,
       s.rejected, s.wait_until as "waitUntil", s.started_at as "startedAt", s.settled_at as "settledAt",
       c.requested_by as "cancellingBy"
     from syncs s join accounts a on a.id = s.account_id left join cancellations c on c.sync_id = s.id
     where s.id = $1`,
    [syncId],
  )
  const [found] = rows
  if (!found) return undefined
  const { rows: history } = await sql.query<AttemptRow>(
    `select number, outcome, worker, build, error_code as "errorCode", error_message as "errorMessage",
       started_at as "startedAt", ended_at as "endedAt"
     from attempts where sync_id = $1 order by number`,
    [syncId],
  )
  return { ...found, history }
}
