import { NotReadyError } from '../../job/errors'
import type { SharedPlace } from '../../job/sync'
import { only, type Sql } from '../../lib/sql'

/**
 * Makes sure that there is a place for an operation: that fewer than `most` others hold one of the same name, in whatever
 * account, mode or lane. Throws `NotReadyError` where there is none. It must be taken in the same transaction, to whose end
 * all others who want one wait.
 */
export async function awaitPlace(
  sql: Sql,
  operation: {
    readonly accountId: string
    readonly mode: string
    readonly lane: string
    readonly purpose: string
  },
  { of, most, retryAfter }: SharedPlace,
): Promise<void> {
  const { accountId, mode, lane, purpose } = operation
  // The places of each schema are its own, as its operations are.
  await sql.query(
    "select pg_advisory_xact_lock(hashtextextended('place ' || current_schema() || ' ' || $1, 0))",
    [of],
  )
  const { taken } = only(
    await sql.query<{ taken: number }>(
      `select count(*)::int as taken from operations
       where place = $1 and place_until > clock_timestamp()
         and (account_id, mode, lane, purpose) <> ($2::bigint, $3, $4, $5)`,
      [of, accountId, mode, lane, purpose],
    ),
  )
  if (taken >= most) {
    throw new NotReadyError(
      `every one of the ${most} places for ${purpose} is taken by other accounts`,
      retryAfter,
    )
  }
}
