import { ShrinkGuardError } from '../job/errors'
import type { SnapshotStream } from '../job/streams'
import { only, type Sql } from '../lib/sql'
import { qualified } from './identifiers'
import { keyJson } from './page-statements'
import { forgetSeen, withoutNestedLoops } from './seen-records'
import type { Owner, Target } from './target'

/**
 * Rows that a listing may always lack, whatever their share: a share means little in an account of a few rows, where
 * one campaign that ended may be half of them. A mark is undone as soon as the row is seen again.
 */
const alwaysBelieved = 3

/**
 * Ends a listing: rows that it lacked as the last of `confirmations` complete listings in a row are marked gone
 * (`gone_at` and `last_changed_at`), and what was seen is forgotten. That a row is missing no more is `writePage`'s to say.
 * Throws `ShrinkGuardError` where this listing is the first to lack, or would mark gone, more than `maxShrink` of the
 * account's present rows and more than three; the caller's transaction must then be rolled back.
 */
export async function completeListing(
  sql: Sql,
  target: Target & { readonly stream: SnapshotStream },
  owner: Owner,
): Promise<{ removed: number }> {
  const removed = await withoutNestedLoops(sql, async () => {
    const lacking = await countLacking(sql, target, owner)
    guard(lacking, target)
    return lacking.confirmed === 0 ? 0 : markGone(sql, target, owner)
  })
  await forgetSeen(sql, owner.syncId, target.streamName)
  return { removed }
}

interface Lacking {
  /** Rows not marked gone before this listing. */
  readonly present: number
  /** Of them, those that this listing is the first in a row to lack. */
  readonly fresh: number
  /** Of them, those that enough listings in a row have lacked now. */
  readonly confirmed: number
}

/** Counts this listing against every row that it lacks. */
async function countLacking(
  sql: Sql,
  { schema, stream, streamName }: Target & { readonly stream: SnapshotStream },
  { accountId, mode, syncId }: Owner,
): Promise<Lacking> {
  const table = qualified(schema, stream.table)
  return only(
    await sql.query<Lacking>(
      `with lacking as (
         insert into missing_records (account_id, stream, mode, key)
         select $1::bigint, $2, $3, ${keyJson(stream, 'held')} from ${table} held
          where account_id = $1::bigint and gone_at is null
            and not exists (select from seen_records seen
                             where seen.sync_id = $4::bigint and seen.stream = $2
                               and seen.key = ${keyJson(stream, 'held')})
         on conflict (account_id, stream, mode, key) do update set listings = missing_records.listings + 1
         returning listings)
       select (select count(*)::int from ${table} where account_id = $1::bigint and gone_at is null) as present,
              count(*) filter (where listings = 1)::int as fresh,
              count(*) filter (where listings >= $5)::int as confirmed
         from lacking`,
      [accountId, streamName, mode, syncId, stream.confirmations],
    ),
  )
}

/** Judges newcomers and the confirmed apart: a row that is missing for the second time was judged the first time. */
function guard({ present, fresh, confirmed }: Lacking, { stream }: { stream: SnapshotStream }): void {
  const most = Math.max(alwaysBelieved, Math.floor(present * stream.maxShrink))
  const lacking = Math.max(fresh, confirmed)
  if (lacking > most)
    throw new ShrinkGuardError(
      `${stream.table}: a complete listing lacks ${lacking} of ${present} rows, more than the ${most} that are believed at once`,
    )
}

async function markGone(
  sql: Sql,
  { schema, stream, streamName }: Target & { readonly stream: SnapshotStream },
  { accountId, mode }: Owner,
): Promise<number> {
  const { rowCount } = await sql.query(
    `with confirmed as (
       delete from missing_records
        where account_id = $1::bigint and stream = $2 and mode = $3 and listings >= $4 returning key)
     update ${qualified(schema, stream.table)} held set gone_at = now(), last_changed_at = now()
       from confirmed
      where held.account_id = $1::bigint and held.gone_at is null and ${keyJson(stream, 'held')} = confirmed.key`,
    [accountId, streamName, mode, stream.confirmations],
  )
  return rowCount
}
