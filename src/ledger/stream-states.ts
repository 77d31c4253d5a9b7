import type { Json } from '../job/streams'
import type { Sql } from '../lib/sql'
import type { RunMode } from './runs'

/** How far one stream of one account is written. */
export interface StreamState {
  readonly stream: string
  readonly cursor: unknown
  readonly position: unknown
}

export async function streamStates(sql: Sql, accountId: string, mode: RunMode): Promise<StreamState[]> {
  const { rows } = await sql.query<StreamState>(
    'select stream, cursor, position from stream_states where account_id = $1 and mode = $2',
    [accountId, mode],
  )
  return rows
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
