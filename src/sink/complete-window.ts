import type { Sql } from '../lib/sql'
import type { DayWindow, WindowStream } from '../job/streams'
import { qualified, quoted } from './identifiers'
import { keyJson } from './page-statements'
import { forgetSeen, withoutNestedLoops } from './seen-records'
import type { Owner, Target } from './target'

/**
 * Ends a window: deletes the account's rows of these days (both included) that this sync has not seen, then forgets
 * what it saw. A window of which nothing was seen loses all its rows: the vendor said that it is empty.
 */
export async function completeWindow(
  sql: Sql,
  target: Target & { readonly stream: WindowStream },
  owner: Owner,
  { from, to }: DayWindow,
): Promise<{ removed: number }> {
  const { schema, stream, streamName } = target
  const { rowCount } = await withoutNestedLoops(sql, () =>
    sql.query(
      `delete from ${qualified(schema, stream.table)} held
        where account_id = $1::bigint and ${quoted(stream.day)} between $2::date and $3::date
          and not exists (select from seen_records seen
                           where seen.sync_id = $4::bigint and seen.stream = $5
                             and seen.key = ${keyJson(stream, 'held')})`,
      [owner.accountId, from, to, owner.syncId, streamName],
    ),
  )
  await forgetSeen(sql, owner.syncId, streamName)
  return { removed: rowCount }
}
