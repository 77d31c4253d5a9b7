import type { Sql } from '../lib/sql'
import type { ErrorFacts } from './syncs'

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

/** An attempt that has begun. */
export interface Begun {
  readonly syncId: string
  /** From 1. */
  readonly number: number
  /** How many attempts have crashed so far. */
  readonly crashes: number
  /** From here on, only who names this number may write for the account. */
  readonly fence: string
}

/**
 * Raises the accounts' fences and begins the next attempts of their syncs; returns them by sync. An earlier attempt that is
 * still marked as running ended without a word: it is counted as a crash.
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
     crashed as (
       update attempts set outcome = 'crashed', ended_at = clock_timestamp()
       where sync_id = any ($1::bigint[]) and outcome = 'running' returning sync_id),
     begun as (
       update syncs set state = 'running', attempts = attempts + 1, stalls = given.stalls, wait_until = null, reason = null,
         crashes = crashes + (select count(*) from crashed where crashed.sync_id = syncs.id),
         started_at = coalesce(started_at, clock_timestamp())
       from given join raised on raised.id = given.account_id
       where syncs.id = given.sync_id
       returning syncs.id, attempts, crashes, fence),
     inserted as (
       insert into attempts (sync_id, number, fence, worker, build, started_at)
       select id, attempts, fence, $4, $5, clock_timestamp() from begun)
     select id as "syncId", attempts as number, crashes, fence from begun`,
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

/** Ends an attempt. One that was counted as crashed meanwhile stays so. */
export async function endAttempt(
  sql: Sql,
  syncId: string,
  number: number,
  outcome: Exclude<AttemptOutcome, 'running'>,
  error?: ErrorFacts,
): Promise<void> {
  await sql.query(
    `update attempts set outcome = $3, ended_at = clock_timestamp(), error_class = $4, error_code = $5, error_message = $6
     where sync_id = $1 and number = $2 and outcome = 'running'`,
    [syncId, number, outcome, error?.errorClass ?? null, error?.code ?? null, error?.message ?? null],
  )
}
