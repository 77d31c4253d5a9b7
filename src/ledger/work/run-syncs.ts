import type { Sql } from '../../lib/sql'
import type { SyncState } from './syncs'

/** One sync of a run, for lists: whose it is, how it stands, and what it has done. Counts are text, as Postgres' bigint is. */
export interface RunSync {
  readonly id: string
  readonly client: string
  readonly account: string
  readonly state: SyncState
  /** Why it was skipped, waits, or ended otherwise than ok. */
  readonly reason: string | null
  readonly errorCode: string | null
  readonly errorMessage: string | null
  readonly attempts: number
  readonly pages: number
  readonly read: string
  readonly inserted: string
  readonly updated: string
  readonly unchanged: string
  readonly removed: string
  readonly rejected: string
  readonly waitUntil: Date | null
  readonly startedAt: Date | null
  readonly settledAt: Date | null
}

const columns = `s.id, a.client_id as client, a.external_id as account, s.state, s.reason, s.error_code as "errorCode",
  s.error_message as "errorMessage", s.attempts, s.pages, s.read, s.inserted, s.updated, s.unchanged, s.removed,
  s.rejected, s.wait_until as "waitUntil", s.started_at as "startedAt", s.settled_at as "settledAt"`

/** The syncs of a run in the order in which they were planned, or those in one state; `after` is a sync's id to page on from. */
export async function pageOfSyncs(
  sql: Sql,
  runId: string,
  { state, after, limit }: { readonly state?: SyncState; readonly after?: string; readonly limit: number },
): Promise<RunSync[]> {
  const { rows } = await sql.query<RunSync>(
    `select ${columns} from syncs s join accounts a on a.id = s.account_id
     where s.run_id = $1 and ($2::text is null or s.state = $2) and ($3::bigint is null or s.id > $3)
     order by s.id limit $4`,
    [runId, state ?? null, after ?? null, limit],
  )
  return rows
}

/** The syncs of a run: what needs a look first, then by client. */
export async function syncsOfRun(sql: Sql, runId: string): Promise<RunSync[]> {
  const { rows } = await sql.query<RunSync>(
    `select ${columns} from syncs s join accounts a on a.id = s.account_id
     where s.run_id = $1
     order by array_position(array['failed', 'deferred', 'partial', 'running', 'waiting'], s.state) nulls last, a.client_id, s.id`,
    [runId],
  )
  return rows
}
