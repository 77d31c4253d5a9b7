import type { Sql } from '../../lib/sql'

/** What keeps a sync from starting beside its queue and its own last attempt. */
export type WaitKind = 'lease' | 'isolation' | 'breaker' | 'pause'

/** A wait before an attempt, for lists. */
export interface SyncWait {
  readonly kind: WaitKind
  readonly reason: string
  readonly beganAt: Date
  /** When it was met last. */
  readonly lastAt: Date
}

/**
 * Notes that a sync was put off before its attempt, and by what. Meeting the same again without an attempt between goes on
 * with that wait.
 */
export async function recordWait(
  sql: Sql,
  { syncId, kind, reason }: { readonly syncId: string; readonly kind: WaitKind; readonly reason: string },
): Promise<void> {
  await sql.query(
    `with latest as (
       select number, kind, began_at from sync_waits where sync_id = $1 order by number desc limit 1),
     place as (
       select coalesce((
         select case when latest.kind = $2 and not exists (
             select from attempts where sync_id = $1 and started_at > latest.began_at) then latest.number else latest.number + 1 end
         from latest), 1) as number)
     insert into sync_waits (sync_id, number, kind, reason) select $1, number, $2, $3 from place
     on conflict (sync_id, number) do update set reason = excluded.reason, last_at = excluded.last_at`,
    [syncId, kind, reason],
    { prepared: 'record_wait' },
  )
}

/** The waits of a sync, from the first. */
export async function waitsOf(sql: Sql, syncId: string): Promise<SyncWait[]> {
  const { rows } = await sql.query<SyncWait>(
    `select kind, reason, began_at as "beganAt", last_at as "lastAt" from sync_waits where sync_id = $1 order by number`,
    [syncId],
  )
  return rows
}
