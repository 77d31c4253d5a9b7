import type { Sql } from '../../lib/sql'
import type { ErrorFacts } from './sync-states'

export type AttemptOutcome =
  | 'running'
  | 'ok'
  | 'partial'
  | 'failed'
  | 'waiting'
  | 'deferred'
  | 'interrupted'
  | 'lost'
  | 'crashed'
  | 'cancelled'

/** Who makes an attempt. */
export interface Attempter {
  /** Host, process id and a random part: one per process. */
  readonly worker: string
  readonly build: string
}

/** A sync whose next attempt begins. Its account and it are locked. */
export interface Beginning {
  readonly syncId: string
  readonly accountId: string
  /** How often the sync's BullMQ job has stalled. */
  readonly stalls: number
}

/** What an attempt cost its vendor. */
export interface Spent {
  /** Requests that were sent. */
  readonly calls: number
  /** Milliseconds that it waited for the vendor's limits. */
  readonly limitWait: number
}

/** For what a sync goes on waiting after an attempt. */
export type WaitsFor = 'backoff' | 'vendor' | 'stores' | 'live work' | 'isolation'

/** All else that is told of an attempt's end. */
export interface AttemptEnd {
  readonly error?: ErrorFacts | undefined
  readonly spent?: Spent
  /** What comes before the sync's next attempt, and how many milliseconds of it at least; absent where none follows, or only waits for a worker. */
  readonly next?: { readonly waitsFor: WaitsFor; readonly after: number } | undefined
}

/** An attempt that has begun. */
export interface Begun {
  readonly syncId: string
  /** From 1. */
  readonly number: number
  /** How many attempts have crashed so far. */
  readonly crashes: number
  /** How many since a page was last written. */
  readonly crashesInARow: number
  /** From here on, only who names this number may write for the account. */
  readonly fence: string
}

/**
 * Raises the accounts' fences and begins the next attempts of their syncs; returns them by sync. An earlier attempt that is
 * still marked as running ended without a word: it crashed where its BullMQ job has stalled since. Where it has not, its
 * worker gave it back and could not say so here, or Redis lost its queues: it was interrupted, which is nobody's fault.
 */
export async function beginAttempts(
  sql: Sql,
  beginnings: readonly Beginning[],
  by: Attempter,
): Promise<Map<string, Begun>> {
  const { rows } = await sql.query<Begun>(
    `with given as (
       select given.* from unnest($1::bigint[], $2::bigint[], $3::int[]) given (sync_id, account_id, stalls)
       join syncs on syncs.id = given.sync_id and syncs.state in ('waiting', 'running')),
     raised as (
       update accounts set fence = fence + 1 where id in (select account_id from given) returning id, fence),
     ended as (
       update attempts set ended_at = clock_timestamp(),
         outcome = case when asked.stalls > syncs.stalls then 'crashed' else 'interrupted' end
       from unnest($1::bigint[], $3::int[]) asked (sync_id, stalls) join syncs on syncs.id = asked.sync_id
       where attempts.sync_id = asked.sync_id and attempts.outcome = 'running'
       returning attempts.sync_id, attempts.outcome),
     crashed as (select sync_id from ended where outcome = 'crashed'),
     begun as (
       update syncs set state = 'running', attempts = attempts + 1, stalls = given.stalls, wait_until = null, reason = null,
         crashes = crashes + (select count(*) from crashed where crashed.sync_id = syncs.id),
         crashes_in_a_row = crashes_in_a_row + (select count(*) from crashed where crashed.sync_id = syncs.id),
         interruptions = interruptions
           + (select count(*) from ended where ended.sync_id = syncs.id and ended.outcome = 'interrupted'),
         started_at = coalesce(started_at, clock_timestamp())
       from given join raised on raised.id = given.account_id
       where syncs.id = given.sync_id
       returning syncs.id, attempts, crashes, crashes_in_a_row, fence),
     inserted as (
       insert into attempts (sync_id, number, fence, worker, build, started_at)
       select id, attempts, fence, $4, $5, clock_timestamp() from begun)
     select id as "syncId", attempts as number, crashes, crashes_in_a_row as "crashesInARow", fence from begun`,
    [
      beginnings.map(({ syncId }) => syncId),
      beginnings.map(({ accountId }) => accountId),
      beginnings.map(({ stalls }) => stalls),
      by.worker,
      by.build,
    ],
    { prepared: 'begin_attempts' },
  )
  return new Map(rows.map((begun) => [begun.syncId, begun]))
}

/** Counts an attempt as a crash whose end could not be written although its worker and the ledger were well. */
export async function countCrash(sql: Sql, syncId: string, number: number): Promise<void> {
  await sql.query(
    `with crashed as (
       update attempts set outcome = 'crashed', ended_at = clock_timestamp()
       where sync_id = $1 and number = $2 and outcome = 'running' returning sync_id)
     update syncs set crashes = crashes + 1, crashes_in_a_row = crashes_in_a_row + 1
     from crashed where syncs.id = crashed.sync_id`,
    [syncId, number],
  )
}

/** Ends an attempt. One that was counted as crashed meanwhile stays so. */
export async function endAttempt(
  sql: Sql,
  syncId: string,
  number: number,
  outcome: Exclude<AttemptOutcome, 'running'>,
  { error, spent, next }: AttemptEnd = {},
): Promise<void> {
  await sql.query(
    `update attempts set outcome = $3, ended_at = clock_timestamp(), error_class = $4, error_code = $5, error_message = $6,
       calls = $7, limit_wait = $8, waits_for = $9,
       again_at = case when $10::float8 > 0 then clock_timestamp() + $10 * interval '1 millisecond' end
     where sync_id = $1 and number = $2 and outcome = 'running'`,
    [
      syncId,
      number,
      outcome,
      error?.errorClass ?? null,
      error?.code ?? null,
      error?.message ?? null,
      spent?.calls ?? 0,
      spent?.limitWait ?? 0,
      next?.waitsFor ?? null,
      next?.after ?? 0,
    ],
  )
}
