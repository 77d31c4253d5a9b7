import { only, type Sql } from '../lib/sql'
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

/**
 * Begins the next attempt of a sync; returns its number, from 1, and how many attempts have crashed so far.
 * `stalls` is how often the sync's BullMQ job has stalled. An earlier attempt that is still marked as running ended without a word: it is counted as a crash.
 */
export async function beginAttempt(
  sql: Sql,
  syncId: string,
  fence: string,
  by: Attempter,
  stalls: number,
): Promise<{ readonly number: number; readonly crashes: number }> {
  const { rowCount: crashed } = await sql.query(
    `update attempts set outcome = 'crashed', ended_at = clock_timestamp() where sync_id = $1 and outcome = 'running'`,
    [syncId],
  )
  const begun = only(
    await sql.query<{ number: number; crashes: number }>(
      `update syncs set state = 'running', attempts = attempts + 1, crashes = crashes + $2, stalls = $3, wait_until = null, reason = null,
         started_at = coalesce(started_at, clock_timestamp())
       where id = $1 returning attempts as number, crashes`,
      [syncId, crashed, stalls],
    ),
  )
  await sql.query(
    `insert into attempts (sync_id, number, fence, worker, build, started_at)
     values ($1, $2, $3, $4, $5, clock_timestamp())`,
    [syncId, begun.number, fence, by.worker, by.build],
  )
  return begun
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
