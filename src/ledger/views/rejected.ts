import type { Sql } from '../../lib/sql'
import type { RunMode } from '../work/runs'

/** Which rejected records are meant: those that fit all of it. Nothing means all of them. */
export interface RejectedQuery {
  readonly job?: string
  readonly stream?: string
  /** A reason with its numbers taken out, as a group has it. */
  readonly pattern?: string
  readonly accountId?: string
  /** Those that this sync met first, or last. */
  readonly syncId?: string
}

/** Records of a stream that were set aside for the same reason. */
export interface RejectedGroup {
  readonly job: string
  readonly stream: string
  readonly pattern: string
  /** One of theirs. */
  readonly reason: string
  readonly records: number
  /** How often they were met, all together. */
  readonly times: number
  readonly accounts: number
  readonly firstSeen: Date
  readonly lastSeen: Date
}

/** One record that its table could not hold. What it says is described where it was wrong or personal. */
export interface RejectedRecord {
  readonly id: string
  readonly job: string
  readonly stream: string
  readonly mode: RunMode
  readonly client: string
  readonly accountId: string
  readonly account: string
  readonly reason: string
  readonly record: unknown
  readonly times: number
  readonly firstSyncId: string
  readonly lastSyncId: string
  readonly firstSeen: Date
  readonly lastSeen: Date
}

/** Reasons tell how long texts are, which makes no other kind of them. */
const pattern = `regexp_replace(r.reason, '\\d+', '#', 'g')`

const condition = `($1::text is null or r.job = $1) and ($2::text is null or r.stream = $2)
  and ($3::text is null or ${pattern} = $3) and ($4::bigint is null or r.account_id = $4)
  and ($5::bigint is null or r.account_id = (select account_id from syncs where id = $5)
        and $5 in (r.first_sync_id, r.last_sync_id))`

const valuesOf = ({ job, stream, pattern: of, accountId, syncId }: RejectedQuery): unknown[] => [
  job ?? null,
  stream ?? null,
  of ?? null,
  accountId ?? null,
  syncId ?? null,
]

/** Rejected records by job, stream and reason, those that were met last first. */
export async function rejectedGroups(
  sql: Sql,
  query: RejectedQuery & { readonly limit: number },
): Promise<RejectedGroup[]> {
  const { rows } = await sql.query<RejectedGroup>(
    `with reasons as (
       select r.job, r.stream, r.reason, r.account_id, count(*) as records, sum(r.times) as times,
         min(r.first_seen_at) as first_seen, max(r.last_seen_at) as last_seen
       from rejected_records r where ${condition} group by r.job, r.stream, r.reason, r.account_id)
     select job, stream, ${pattern} as pattern, max(reason) as reason, sum(records)::int as records,
       sum(times)::float8 as times, count(distinct account_id)::int as accounts, min(first_seen) as "firstSeen",
       max(last_seen) as "lastSeen"
     from reasons r group by job, stream, ${pattern} order by max(last_seen) desc, job, stream limit $6`,
    [...valuesOf(query), query.limit],
  )
  return rows
}

/** Rejected records one by one, latest filed first; `before` is the id of one to page on from. */
export async function rejectedRecords(
  sql: Sql,
  query: RejectedQuery & { readonly before?: string; readonly limit: number },
): Promise<RejectedRecord[]> {
  const { rows } = await sql.query<RejectedRecord>(
    `select r.id, r.job, r.stream, r.mode, a.client_id as client, a.id as "accountId", a.external_id as account, r.reason,
       r.record, r.times, r.first_sync_id as "firstSyncId", r.last_sync_id as "lastSyncId",
       r.first_seen_at as "firstSeen", r.last_seen_at as "lastSeen"
     from rejected_records r join accounts a on a.id = r.account_id
     where ${condition} and ($6::bigint is null or r.id < $6) order by r.id desc limit $7`,
    [...valuesOf(query), query.before ?? null, query.limit],
  )
  return rows
}
