import { only, type Sql } from '../../lib/sql'
import type { RunKind, RunMode } from './runs'

/** An account has at most one unfinished sync in each. */
export type Lane = 'live' | 'backfill'

export type SyncState =
  'waiting' | 'running' | 'ok' | 'partial' | 'deferred' | 'skipped' | 'failed' | 'cancelled' | 'superseded'

/** One account within one run. */
export interface SyncRow {
  readonly id: string
  readonly runId: string
  readonly job: string
  readonly accountId: string
  readonly state: SyncState
  readonly reason: string | null
  readonly failures: number
  readonly crashes: number
  /** Crashes since a page was last written. */
  readonly crashesInARow: number
  /** How often its BullMQ job had stalled when the last attempt began. */
  readonly stalls: number
  readonly lane: Lane
  readonly mode: RunMode
  /** Of its run. */
  readonly kind: RunKind
  readonly definitionVersion: number
  /** Of its run: only these of the job's streams are read; null means all. A backfill's are its window's. */
  readonly streams: readonly string[] | null
  /** When its first attempt began. */
  readonly startedAt: Date | null
  readonly errorCode: string | null
  readonly errorMessage: string | null
}

const columns = `s.id, s.run_id as "runId", s.job, s.account_id as "accountId", s.state, s.reason, s.failures, s.crashes,
  s.crashes_in_a_row as "crashesInARow", s.stalls,
  s.lane, r.mode, r.kind, r.definition_version as "definitionVersion", r.streams, s.started_at as "startedAt", s.error_code as "errorCode",
  s.error_message as "errorMessage"`

export const isOpen = ({ state }: { readonly state: SyncState }): boolean =>
  state === 'waiting' || state === 'running'

const chosen = `select ${columns} from syncs s join runs r on r.id = s.run_id where s.id = any ($1::bigint[]) order by s.id`

export async function findSync(sql: Sql, syncId: string): Promise<SyncRow | undefined> {
  return (await findSyncs(sql, [syncId]))[0]
}

/** Those of the syncs that there are, by id. */
export async function findSyncs(sql: Sql, syncIds: readonly string[]): Promise<SyncRow[]> {
  return (await sql.query<SyncRow>(chosen, [syncIds], { prepared: 'find_syncs' })).rows
}

/** The sync as it is now, locked until the transaction ends. The account's and the run's locks come before this one. */
export async function lockSync(sql: Sql, syncId: string): Promise<SyncRow> {
  return only({ rows: await lockSyncs(sql, [syncId]) })
}

/** Several syncs as they are now, locked as by `lockSync`, by id. */
export async function lockSyncs(sql: Sql, syncIds: readonly string[]): Promise<SyncRow[]> {
  return (await sql.query<SyncRow>(`${chosen} for no key update of s`, [syncIds], { prepared: 'lock_syncs' }))
    .rows
}

/** What a page did to its destination table. */
export interface PageCounts {
  readonly read: number
  readonly inserted: number
  readonly updated: number
  readonly unchanged: number
  readonly removed: number
  readonly rejected: number
}

/** How a page moves the cursor of its stream. */
export interface CursorMove {
  readonly stream: string
  /** Where it was when the attempt began; null where there was none. */
  readonly from: unknown
  readonly to: unknown
}

/**
 * Adds a page to what its sync has done, and keeps from where to where the sync has moved the cursor. A sync that gets on is
 * under no suspicion of bringing its worker down.
 */
export async function countPage(
  sql: Sql,
  syncId: string,
  counts: PageCounts,
  moved?: CursorMove,
): Promise<void> {
  await sql.query(
    `update syncs set pages = pages + 1, read = read + $2, inserted = inserted + $3, updated = updated + $4,
       unchanged = unchanged + $5, removed = removed + $6, rejected = rejected + $7, crashes_in_a_row = 0,
       cursors = case when $8::text is null then cursors else coalesce(cursors, '{}') || jsonb_build_object($8,
         jsonb_build_object('from', coalesce(cursors -> $8 -> 'from', $9::jsonb), 'to', $10::jsonb)) end
     where id = $1`,
    [
      syncId,
      counts.read,
      counts.inserted,
      counts.updated,
      counts.unchanged,
      counts.removed,
      counts.rejected,
      moved?.stream ?? null,
      moved ? JSON.stringify(moved.from) : null,
      moved ? JSON.stringify(moved.to) : null,
    ],
  )
}

/** True where a live sync of the account waits that could go on now. */
export async function isLiveSyncDue(sql: Sql, accountId: string): Promise<boolean> {
  const { rowCount } = await sql.query(
    `select 1 from syncs where account_id = $1 and lane = 'live' and state in ('waiting', 'running')
       and (wait_until is null or wait_until <= clock_timestamp())`,
    [accountId],
  )
  return rowCount > 0
}

/**
 * True where another sync of the account is under way in the same lane, and where a newer live one ended well, or the window of
 * a backfill was taken on by another one: retrying this one would gain nothing.
 */
export async function isOvertaken(
  sql: Sql,
  sync: { readonly id: string; readonly accountId: string; readonly lane: Lane },
): Promise<boolean> {
  const { overtaken } = only(
    await sql.query<{ overtaken: boolean }>(
      `select exists (select 1 from syncs where account_id = $1 and lane = $3 and id <> $2 and state in ('waiting', 'running'))
         or case $3 when 'live'
           then exists (select 1 from syncs where account_id = $1 and lane = 'live' and id > $2 and state = 'ok' and not narrow)
           else not exists (select 1 from backfill_windows where sync_id = $2) end as overtaken`,
      [sync.accountId, sync.id, sync.lane],
    ),
  )
  return overtaken
}
