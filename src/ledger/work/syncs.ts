import { DatabaseError } from 'pg'
import { signatureOf } from '../../lib/error-signature'
import { only, type Sql } from '../../lib/sql'
import type { BehindBreakers, BreakerName } from '../gates/breakers'
import { inUtc } from '../postgres/in-utc'
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
  /** When its first attempt began. */
  readonly startedAt: Date | null
  readonly errorCode: string | null
  readonly errorMessage: string | null
}

const columns = `s.id, s.run_id as "runId", s.job, s.account_id as "accountId", s.state, s.reason, s.failures, s.crashes,
  s.crashes_in_a_row as "crashesInARow", s.stalls,
  s.lane, r.mode, r.kind, r.definition_version as "definitionVersion", s.started_at as "startedAt", s.error_code as "errorCode",
  s.error_message as "errorMessage"`

export const isOpen = ({ state }: { readonly state: SyncState }): boolean =>
  state === 'waiting' || state === 'running'

/** Names one sync's place in the queues. */
export interface SyncOrder {
  readonly syncId: string
  readonly job: string
  readonly version: number
  readonly lane: Lane
  /** Milliseconds until it may start; 0 where it may now. */
  readonly delay: number
}

const delay = `coalesce(greatest(ceil(extract(epoch from s.wait_until - clock_timestamp()) * 1000), 0), 0)::float8 as delay`

/** The open syncs of a run, in the order in which they were planned. */
export async function openSyncsOf(sql: Sql, runId: string): Promise<SyncOrder[]> {
  const { rows } = await sql.query<SyncOrder>(
    `select s.id as "syncId", s.job, r.definition_version as version, s.lane, ${delay}
     from syncs s join runs r on r.id = s.run_id
     where s.run_id = $1 and s.state in ('waiting', 'running') order by s.id`,
    [runId],
  )
  return rows
}

/** Open syncs of the whole fleet older than `age` milliseconds, after sync `after`, oldest first. */
export async function openSyncs(
  sql: Sql,
  query: { readonly age: number; readonly after: string; readonly limit: number },
): Promise<SyncOrder[]> {
  const { rows } = await sql.query<SyncOrder>(
    `select s.id as "syncId", s.job, r.definition_version as version, s.lane, ${delay}
     from syncs s join runs r on r.id = s.run_id
     where s.state in ('waiting', 'running') and s.id > $2
       and s.created_at < clock_timestamp() - $1 * interval '1 millisecond'
     order by s.id limit $3`,
    [query.age, query.after, query.limit],
  )
  return rows
}

/** Those of the given syncs that are open now. */
export async function stillOpen(sql: Sql, syncIds: readonly string[]): Promise<string[]> {
  const { rows } = await sql.query<{ id: string }>(
    `select id from syncs where id = any ($1::bigint[]) and state in ('waiting', 'running')`,
    [syncIds],
  )
  return rows.map(({ id }) => id)
}

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

/** A sync that gets on is under no suspicion of bringing its worker down. */
export async function countPage(sql: Sql, syncId: string, counts: PageCounts): Promise<void> {
  await sql.query(
    `update syncs set pages = pages + 1, read = read + $2, inserted = inserted + $3, updated = updated + $4,
       unchanged = unchanged + $5, removed = removed + $6, rejected = rejected + $7, crashes_in_a_row = 0
     where id = $1`,
    [syncId, counts.read, counts.inserted, counts.updated, counts.unchanged, counts.removed, counts.rejected],
  )
}

/** Class, code and message of an error, for the columns that keep them. */
export interface ErrorFacts {
  readonly errorClass: string
  readonly code: string
  readonly message: string
}

/** Gives an open sync its outcome. False where it has one already. */
export async function settleSync(
  sql: Sql,
  syncId: string,
  state: Exclude<SyncState, 'waiting' | 'running'>,
  why: {
    readonly reason?: string
    readonly error?: ErrorFacts
    /** Of a skipped one: it was its turn. Default true. */
    readonly keptOut?: boolean
  } = {},
): Promise<boolean> {
  const { rowCount } = await sql.query(
    `update syncs set state = $2, reason = $3, kept_out = $9, wait_until = null, error_class = $4, error_code = $5, error_message = $6,
       failures = failures + $7, error_signature = $8, settled_at = clock_timestamp()
     where id = $1 and state in ('waiting', 'running')`,
    [
      syncId,
      state,
      why.reason ?? null,
      why.error?.errorClass ?? null,
      why.error?.code ?? null,
      why.error?.message ?? null,
      state === 'failed' ? 1 : 0,
      state === 'failed' && why.error ? signatureOf(why.error).id : null,
      state === 'skipped' && (why.keptOut ?? true),
    ],
  )
  return rowCount === 1
}

/**
 * Settles syncs whose attempts went well, ends these attempts, and forgets what the syncs have seen: with it go the positions
 * in windows and listings that were not completed, because whoever went on there would take for gone what lies before.
 * So go the failures that were counted of their accounts and credentials. Returns the circuit breakers that were open.
 */
export async function settleSyncsWell(
  sql: Sql,
  ended: readonly (BehindBreakers & { readonly syncId: string; readonly number: number })[],
): Promise<BreakerName[]> {
  const { rows } = await sql.query<BreakerName>(
    `with settled as (
       update syncs set state = 'ok', reason = null, wait_until = null, error_class = null, error_code = null,
         error_message = null, settled_at = clock_timestamp()
       where id = any ($1::bigint[]) and state in ('waiting', 'running')),
     forgotten as (delete from seen_records where sync_id = any ($1::bigint[]) returning sync_id, stream),
     dropped as (
       update stream_states state set position = null
       from forgotten f join syncs s on s.id = f.sync_id join runs r on r.id = s.run_id
       where s.id = any ($1::bigint[]) and s.lane = 'live'
         and state.account_id = s.account_id and state.mode = r.mode and state.stream = f.stream),
     started_over as (
       delete from backfill_positions p using forgotten f join backfill_windows w on w.sync_id = f.sync_id
       where w.sync_id = any ($1::bigint[]) and p.window_id = w.id and p.stream = f.stream),
     ended as (
       update attempts set outcome = 'ok', ended_at = clock_timestamp()
       from unnest($1::bigint[], $2::int[]) ended (sync_id, number)
       where attempts.sync_id = ended.sync_id and attempts.number = ended.number and outcome = 'running'),
     mended as (
       delete from breakers
       where scope = 'account' and subject = any ($3::text[]) or scope = 'credential' and subject = any ($4::text[])
       returning scope, subject, opened_at)
     select scope, subject from mended where opened_at is not null`,
    [
      ended.map(({ syncId }) => syncId),
      ended.map(({ number }) => number),
      ended.map(({ accountId }) => accountId),
      [...new Set(ended.map(({ credentialId }) => credentialId))],
    ],
    { prepared: 'settle_syncs_well' },
  )
  return rows
}

/** Puts a running sync back to waiting: after a failure, for the vendor, or because its worker stops. */
export async function returnSync(
  sql: Sql,
  syncId: string,
  why: {
    readonly counts: 'failures' | 'waits' | 'interruptions'
    readonly reason: string
    /** The reason goes on with `until` and the instant. Default false. */
    readonly namesEnd?: boolean
    /** Milliseconds until it may go on. */
    readonly after: number
    readonly error?: ErrorFacts
  },
): Promise<void> {
  await sql.query(
    `update syncs set state = 'waiting',
       reason = $2 || case when $7 then ' until ' || ${inUtc(`clock_timestamp() + $3::float8 * interval '1 millisecond'`)} else '' end,
       wait_until = case when $3::float8 > 0 then clock_timestamp() + $3 * interval '1 millisecond' end,
       ${why.counts} = ${why.counts} + 1, error_class = $4, error_code = $5, error_message = $6
     where id = $1 and state = 'running'`,
    [
      syncId,
      why.reason,
      why.after,
      why.error?.errorClass ?? null,
      why.error?.code ?? null,
      why.error?.message ?? null,
      why.namesEnd ?? false,
    ],
  )
}

/** Says why a waiting sync goes on waiting, and for how many milliseconds. */
export async function postponeSync(sql: Sql, syncId: string, reason: string, after: number): Promise<void> {
  await sql.query(
    `update syncs set reason = $2, wait_until = clock_timestamp() + $3::float8 * interval '1 millisecond'
     where id = $1 and state = 'waiting'`,
    [syncId, reason, after],
  )
}

/** True where a sync could not be opened because another one of its account was, in the same lane, at the same moment. */
export const isLaneTaken = (error: unknown): boolean =>
  error instanceof DatabaseError && error.constraint === 'syncs_unfinished'

/** Puts a dead letter back to waiting with a fresh count of failures. It is due at once, or `after` so many milliseconds. */
export async function reopenSync(
  sql: Sql,
  syncId: string,
  { reason = 'retried', after = 0 }: { readonly reason?: string; readonly after?: number } = {},
): Promise<void> {
  await sql.query(
    `update syncs set state = 'waiting', reason = $2, settled_at = null, started_at = null, failures = 0, crashes = 0,
       crashes_in_a_row = 0,
       wait_until = case when $3::float8 > 0 then clock_timestamp() + $3 * interval '1 millisecond' end,
       error_class = null, error_code = null, error_message = null, error_signature = null,
       discarded_at = null, discarded_by = null, discard_reason = null
     where id = $1 and state = 'failed'`,
    [syncId, reason, after],
  )
}

/** Ends a dead letter that is not worth retrying any more. */
export async function supersedeSync(sql: Sql, syncId: string): Promise<void> {
  await sql.query(
    `update syncs set state = 'superseded', reason = 'another sync of the account is under way, or a newer one ended well',
       settled_at = clock_timestamp()
     where id = $1 and state = 'failed'`,
    [syncId],
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
           then exists (select 1 from syncs where account_id = $1 and lane = 'live' and id > $2 and state = 'ok')
           else not exists (select 1 from backfill_windows where sync_id = $2) end as overtaken`,
      [sync.accountId, sync.id, sync.lane],
    ),
  )
  return overtaken
}
