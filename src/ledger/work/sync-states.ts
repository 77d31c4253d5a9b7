import { DatabaseError } from 'pg'
import { signatureOf } from '../../lib/error-signature'
import type { Sql } from '../../lib/sql'
import type { BehindBreakers, BreakerName } from '../gates/breakers'
import { inUtc } from '../postgres/in-utc'
import type { Spent } from './attempts'
import type { SyncState } from './syncs'

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
  ended: readonly (BehindBreakers & Spent & { readonly syncId: string; readonly number: number })[],
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
       update attempts set outcome = 'ok', ended_at = clock_timestamp(), calls = ended.calls, limit_wait = ended.limit_wait
       from unnest($1::bigint[], $2::int[], $5::int[], $6::int[]) ended (sync_id, number, calls, limit_wait)
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
      ended.map(({ calls }) => calls),
      ended.map(({ limitWait }) => limitWait),
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
    `update syncs set state = 'waiting', reason = $2, settled_at = null, started_at = null,
       reopened_at = clock_timestamp(), starts_at = case when $3::float8 > 0 then clock_timestamp() + $3 * interval '1 millisecond' end, failures = 0, crashes = 0,
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
