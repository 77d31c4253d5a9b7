import type { Json } from '../../job/streams'
import type { Operation, SharedPlace } from '../../job/sync'
import type { Sql } from '../../lib/sql'
import type { RunMode } from '../work/runs'
import type { Lane } from '../work/syncs'
import { awaitPlace } from './shared-places'

/** Whose operations they are: those of a shadow run and those of a backfill are apart from the live ones. */
export interface OperationsOwner {
  readonly accountId: string
  readonly mode: RunMode
  readonly lane: Lane
}

/** The operation of this purpose, where one is kept. */
export async function findOperation(
  sql: Sql,
  { accountId, mode, lane }: OperationsOwner,
  purpose: string,
): Promise<Operation | undefined> {
  const { rows } = await sql.query<Operation>(
    `select purpose, details, started_at as "startedAt" from operations
     where account_id = $1 and mode = $2 and lane = $3 and purpose = $4`,
    [accountId, mode, lane, purpose],
  )
  return rows[0]
}

/** Keeps an operation, in place of one of the same purpose. The same one kept again began when it was kept first. */
export async function keepOperation(
  sql: Sql,
  { accountId, mode, lane, syncId }: OperationsOwner & { readonly syncId: string },
  purpose: string,
  details: Json,
  place?: SharedPlace,
): Promise<void> {
  if (place) await awaitPlace(sql, { accountId, mode, lane, purpose }, place)
  await sql.query(
    `insert into operations as kept (account_id, mode, lane, purpose, details, sync_id, place, place_until)
     values ($1, $2, $3, $4, $5, $6, $7, clock_timestamp() + $8::double precision * interval '1 ms')
     on conflict (account_id, mode, lane, purpose) do update set
       details = excluded.details, sync_id = excluded.sync_id,
       place = excluded.place, place_until = excluded.place_until,
       started_at = case when kept.details = excluded.details then kept.started_at else excluded.started_at end`,
    [
      accountId,
      mode,
      lane,
      purpose,
      JSON.stringify(details),
      syncId,
      place?.of ?? null,
      place?.lifetime ?? null,
    ],
  )
  // No vendor keeps a result for so long: whoever wanted these never came back for them.
  await sql.query(
    `delete from operations where account_id = $1 and started_at < clock_timestamp() - interval '30 days'`,
    [accountId],
  )
}

/**
 * Forgets the operations of an account, all or those of the given streams, whose names their purposes begin with: what the
 * vendor prepares for a reading that is given up must not be taken for another one's.
 */
export async function forgetOperations(
  sql: Sql,
  { accountId, mode, lane }: OperationsOwner,
  streams?: readonly string[],
): Promise<void> {
  await sql.query(
    `delete from operations where account_id = $1 and mode = $2 and lane = $3
       and ($4::text[] is null or split_part(purpose, ' ', 1) = any ($4))`,
    [accountId, mode, lane, streams ?? null],
  )
}

/** Forgets the operation of this purpose, if there is one. */
export async function forgetOperation(
  sql: Sql,
  { accountId, mode, lane }: OperationsOwner,
  purpose: string,
): Promise<void> {
  await sql.query(
    'delete from operations where account_id = $1 and mode = $2 and lane = $3 and purpose = $4',
    [accountId, mode, lane, purpose],
  )
}
