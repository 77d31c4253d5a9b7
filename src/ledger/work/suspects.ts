import type { Sql } from '../../lib/sql'

/** Syncs that were told of as suspects and are under suspicion no more: they got on, or are over. */
export async function suspectsCleared(
  sql: Sql,
): Promise<{ readonly syncId: string; readonly state: string; readonly isOpen: boolean }[]> {
  const { rows } = await sql.query<{ syncId: string; state: string; isOpen: boolean }>(
    `select s.id as "syncId", s.state, s.state in ('waiting', 'running') as "isOpen"
     from incidents i join syncs s on s.id = (i.details ->> 'syncId')::bigint
     where i.kind = 'sync-isolated' and i.closed_at is null
       and (s.crashes_in_a_row = 0 or s.state not in ('waiting', 'running'))`,
  )
  return rows
}
