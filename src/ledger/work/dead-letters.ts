import type { Sql } from '../../lib/sql'
import type { RunMode } from './runs'
import type { Lane } from './syncs'

/** Which dead letters are meant: those that fit all of it. Nothing means all of them. */
export interface DeadLetterChoice {
  readonly signature?: string
  readonly job?: string
  /** Only these, discarded ones too. */
  readonly syncIds?: readonly string[]
}

/** Which ones to look at. */
export interface DeadLetterQuery extends Omit<DeadLetterChoice, 'syncIds'> {
  /** Those that were discarded instead of those that were not. Default false. */
  readonly discarded?: boolean
}

/** Dead letters of a job that failed in the same way. */
export interface DeadLetterGroup {
  /** Of the error. Of those that failed before there were signatures, the error's code. */
  readonly signature: string
  readonly job: string
  readonly errorClass: string | null
  readonly errorCode: string
  /** The latest one's. */
  readonly message: string | null
  readonly syncs: number
  readonly accounts: number
  /** Those that have nothing left to fetch: their account has synced well since, or others took on their days. */
  readonly overtaken: number
  /** When an attempt of one of them first ended so. */
  readonly firstSeen: Date
  readonly lastSeen: Date
  /** The build that made the first of these attempts, and the last. Null where no attempt was made. */
  readonly firstBuild: string | null
  readonly lastBuild: string | null
}

/** One dead letter, for lists. */
export interface DeadLetter {
  readonly syncId: string
  readonly runId: string
  readonly job: string
  readonly signature: string
  readonly client: string
  readonly accountId: string
  /** The vendor's id of it. */
  readonly account: string
  readonly lane: Lane
  readonly mode: RunMode
  readonly attempts: number
  readonly pages: number
  readonly errorCode: string
  readonly message: string | null
  readonly settledAt: Date
  readonly overtaken: boolean
  readonly discardedAt: Date | null
  readonly discardedBy: string | null
  readonly discardReason: string | null
}

const signature = 'coalesce(s.error_signature, s.error_code)'
/** The same as a condition that an index serves. */
const hasSignature = '(s.error_signature = $2 or s.error_signature is null and s.error_code = $2)'

/** The condition for the dead letters of a query, on `syncs s`, and its values from `$1` on. */
function condition({ signature: of, job, discarded = false }: DeadLetterQuery) {
  return {
    where: `s.state = 'failed' and s.discarded_at is ${discarded ? 'not null' : 'null'}
      and ($1::text is null or s.job = $1) and ($2::text is null or ${hasSignature})`,
    values: [job ?? null, of ?? null],
  }
}

/** The latest sync of each account that ended well, as `isOvertaken` has it. Once per account, for dead letters come in heaps. */
const good = `(
    select account_id, newest from (select distinct account_id from dead) accounts
    cross join lateral (
      select id as newest from syncs where account_id = accounts.account_id and state = 'ok' and lane = 'live' and not narrow
      order by id desc limit 1) latest)`

const overtaken = (sync: string): string => `case ${sync}.lane
    when 'live' then coalesce(good.newest > ${sync}.id, false)
    else not exists (select from backfill_windows where sync_id = ${sync}.id) end`

/** Dead letters by job and signature, those that were met last first. */
export async function deadLetterGroups(sql: Sql, query: DeadLetterQuery = {}): Promise<DeadLetterGroup[]> {
  const { where, values } = condition(query)
  const { rows } = await sql.query<DeadLetterGroup>(
    `with dead as materialized (
       select s.id, s.job, s.account_id, s.lane, s.error_code, ${signature} as signature, s.settled_at
       from syncs s where ${where}),
     seen as (
       select dead.*, ${overtaken('dead')} as overtaken, coalesce(tried.first_at, dead.settled_at) as first_at,
         tried.first_build, tried.last_build
       from dead
       left join ${good} good on good.account_id = dead.account_id
       cross join lateral (
         select min(ended_at) as first_at, (array_agg(build order by number))[1] as first_build,
           (array_agg(build order by number desc))[1] as last_build
         from attempts where sync_id = dead.id and error_code = dead.error_code) tried),
     grouped as (
       select job, signature, count(*)::int as syncs, count(distinct account_id)::int as accounts,
         (count(*) filter (where overtaken))::int as overtaken, min(first_at) as "firstSeen", max(settled_at) as "lastSeen",
         (array_agg(first_build order by first_at, id))[1] as "firstBuild",
         (array_agg(last_build order by settled_at desc, id desc))[1] as "lastBuild", max(id) as latest
       from seen group by job, signature)
     select grouped.job, signature, grouped.syncs, accounts, overtaken, "firstSeen", "lastSeen", "firstBuild", "lastBuild",
       s.error_class as "errorClass", s.error_code as "errorCode", s.error_message as message
     from grouped join syncs s on s.id = grouped.latest
     order by "lastSeen" desc, grouped.job, signature`,
    values,
  )
  return rows
}

/** Dead letters one by one, latest first; `before` is a sync's id to page on from. */
export async function listDeadLetters(
  sql: Sql,
  query: DeadLetterQuery & { readonly before?: string; readonly limit: number },
): Promise<DeadLetter[]> {
  const { where, values } = condition(query)
  const { rows } = await sql.query<DeadLetter>(
    `with dead as materialized (
       select s.* from syncs s where ${where} and ($4::bigint is null or s.id < $4) order by s.id desc limit $3)
     select s.id as "syncId", s.run_id as "runId", s.job, ${signature} as signature, a.client_id as client, s.account_id as "accountId",
       a.external_id as account, s.lane, r.mode, s.attempts, s.pages, s.error_code as "errorCode",
       s.error_message as message, s.settled_at as "settledAt", ${overtaken('s')} as overtaken,
       s.discarded_at as "discardedAt", s.discarded_by as "discardedBy", s.discard_reason as "discardReason"
     from dead s join accounts a on a.id = s.account_id join runs r on r.id = s.run_id
     left join ${good} good on good.account_id = s.account_id
     order by s.id desc`,
    [...values, query.limit, query.before ?? null],
  )
  return rows
}

/** Names a dead letter to whoever acts on it. */
export interface DeadLetterName {
  readonly syncId: string
  readonly job: string
}

/** The chosen dead letters, latest first: of an account's, the latest is the one worth retrying. */
export async function chosenDeadLetters(sql: Sql, choice: DeadLetterChoice): Promise<DeadLetterName[]> {
  const { where, values } = condition(choice)
  const named = `s.state = 'failed' and s.id = any ($3::bigint[])
      and ($1::text is null or s.job = $1) and ($2::text is null or ${hasSignature})`
  const { syncIds } = choice
  const { rows } = await sql.query<DeadLetterName>(
    `select s.id as "syncId", s.job from syncs s where ${syncIds ? named : where} order by s.id desc`,
    syncIds ? [...values, syncIds] : values,
  )
  return rows
}

/** Sets dead letters aside for good, with who and why. Those that are none any more are left out. Returns the others. */
export async function discardSyncs(
  sql: Sql,
  syncIds: readonly string[],
  by: { readonly actor: string; readonly reason: string },
): Promise<DeadLetterName[]> {
  // Locked by id first, as everybody locks syncs.
  const { rows } = await sql.query<DeadLetterName>(
    `with locked as materialized (
       select id from syncs where id = any ($1::bigint[]) and state = 'failed' and discarded_at is null
       order by id for no key update)
     update syncs set discarded_at = clock_timestamp(), discarded_by = $2, discard_reason = $3
     from locked where syncs.id = locked.id returning syncs.id as "syncId", syncs.job`,
    [syncIds, by.actor, by.reason],
  )
  return rows
}
