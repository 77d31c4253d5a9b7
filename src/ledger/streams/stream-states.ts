import type { Json } from '../../job/streams'
import type { Sql } from '../../lib/sql'
import type { RunMode } from '../work/runs'

/** How far one stream of one account is written. */
export interface StreamState {
  readonly stream: string
  readonly cursor: unknown
  readonly position: unknown
  /** Of a sync: what it has seen of a window or listing that is not complete is kept. Absent where no sync is meant. */
  readonly hasSeen?: boolean
}

export async function streamStates(sql: Sql, accountId: string, mode: RunMode): Promise<StreamState[]> {
  const { rows } = await sql.query<StreamState>(
    'select stream, cursor, position from stream_states where account_id = $1 and mode = $2',
    [accountId, mode],
  )
  return rows
}

/** The states of several accounts, each as its sync finds it, by account. */
export async function streamStatesOf(
  sql: Sql,
  of: readonly { readonly id: string; readonly accountId: string; readonly mode: RunMode }[],
): Promise<Map<string, StreamState[]>> {
  const { rows } = await sql.query<StreamState & { accountId: string }>(
    `select account_id as "accountId", stream, cursor, position,
       exists (select from seen_records seen
                where seen.sync_id = wanted.sync_id and seen.stream = state.stream) as "hasSeen"
     from unnest($1::bigint[], $2::text[], $3::bigint[]) wanted (id, mode, sync_id)
     join stream_states state on state.account_id = wanted.id and state.mode = wanted.mode`,
    [of.map(({ accountId }) => accountId), of.map(({ mode }) => mode), of.map(({ id }) => id)],
    { prepared: 'stream_states_of' },
  )
  const states = new Map<string, StreamState[]>()
  for (const { accountId, ...state } of rows) states.set(accountId, [...(states.get(accountId) ?? []), state])
  return states
}

/** Drops the positions of some streams: their windows start over. */
export async function dropPositions(
  sql: Sql,
  of: { readonly accountId: string; readonly mode: RunMode },
  streams: readonly string[],
): Promise<void> {
  await sql.query(
    'update stream_states set position = null where account_id = $1 and mode = $2 and stream = any ($3)',
    [of.accountId, of.mode, streams],
  )
}

/** Drops the positions of all streams of an account: their windows start over, from the same cursors. */
export async function dropAllPositions(
  sql: Sql,
  of: { readonly accountId: string; readonly mode: RunMode },
): Promise<void> {
  await sql.query('update stream_states set position = null where account_id = $1 and mode = $2', [
    of.accountId,
    of.mode,
  ])
}

/**
 * Forgets how far streams of an account are, all or the given ones, and returns what that was: they are read from the beginning
 * again. The account is locked, and has no open sync.
 */
export async function dropStreamStates(
  sql: Sql,
  of: { readonly accountId: string; readonly mode: RunMode },
  streams?: readonly string[],
): Promise<StreamState[]> {
  const { rows } = await sql.query<StreamState>(
    `delete from stream_states where account_id = $1 and mode = $2 and ($3::text[] is null or stream = any ($3))
     returning stream, cursor, position`,
    [of.accountId, of.mode, streams ?? null],
  )
  return rows.toSorted((a, b) => a.stream.localeCompare(b.stream))
}

/** Moves cursor and position with the page that earned them; what is undefined stays, a null position is dropped. */
export async function moveStreamState(
  sql: Sql,
  of: { readonly accountId: string; readonly stream: string; readonly mode: RunMode },
  to: { readonly cursor?: Json; readonly position?: Json | null },
): Promise<void> {
  if (to.cursor === undefined && to.position === undefined) return
  await sql.query(
    `insert into stream_states as state (account_id, stream, mode, cursor, position) values ($1, $2, $3, $4, $5)
     on conflict (account_id, stream, mode) do update set
       cursor = coalesce(excluded.cursor, state.cursor),
       position = case when $6 then state.position else excluded.position end,
       updated_at = clock_timestamp()`,
    [of.accountId, of.stream, of.mode, json(to.cursor), json(to.position), to.position === undefined],
  )
}

const json = (value: Json | null | undefined): string | null =>
  value === null || value === undefined ? null : JSON.stringify(value)
