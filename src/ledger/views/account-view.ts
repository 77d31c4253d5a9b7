import type { Sql } from '../../lib/sql'
import { type Incident, incidentsOf } from '../gates/incidents'
import { postgresTime } from '../postgres/time'
import type { RunKind, RunMode } from '../work/runs'
import type { Lane, SyncState } from '../work/syncs'

/** How an account is set up, and what keeps it from being synced. Its secrets are the credential's, and stay there. */
export interface AccountSetUp {
  readonly id: string
  readonly client: string
  readonly clientName: string
  readonly job: string
  readonly externalId: string
  readonly timezone: string
  readonly enabled: boolean
  readonly settings: unknown
  readonly fence: string
  readonly notBefore: Date | null
  readonly createdAt: Date
  readonly updatedAt: Date
  readonly credential: string
  /** When its secrets were set last. */
  readonly credentialUpdatedAt: Date
  readonly account: Parking
  readonly credentialParking: Parking
  /** Its own and its credential's, as far as they have failures in a row. */
  readonly breakers: readonly BreakerState[]
}

/** When and why something was parked, and when it is tried again by itself; nulls where it is not parked. */
export interface Parking {
  readonly parkedAt: Date | null
  readonly reason: string | null
  readonly probeAt: Date | null
  /** Tries in vain. */
  readonly probes: number
}

/** Failures in a row. */
export interface BreakerState {
  readonly scope: 'account' | 'credential'
  readonly failures: number
  /** Null while it is closed. */
  readonly openedAt: Date | null
  /** When one sync is let through. */
  readonly probeAt: Date | null
  readonly message: string
}

/** How far a stream of an account is written. */
export interface StreamProgress {
  readonly stream: string
  readonly mode: RunMode
  readonly cursor: unknown
  readonly position: unknown
  readonly movedAt: Date
}

/** One of an account's syncs. Counts are text, as Postgres' bigint is. */
export interface AccountSync {
  readonly id: string
  readonly runId: string
  readonly kind: RunKind
  readonly mode: RunMode
  readonly lane: Lane
  readonly state: SyncState
  /** What it failed with, or why it waits, was skipped, or ended otherwise than ok. */
  readonly reason: string | null
  readonly attempts: number
  readonly rows: string
  readonly rejected: string
  readonly waitUntil: Date | null
  readonly createdAt: Date
  readonly startedAt: Date | null
  readonly settledAt: Date | null
}

/** Records of a stream that were put aside. */
export interface RejectedCount {
  readonly stream: string
  readonly mode: RunMode
  readonly records: number
  readonly lastSeenAt: Date
}

/** All there is to see of one account. */
export interface AccountView {
  /** Postgres' clock. */
  readonly now: Date
  readonly setUp: AccountSetUp
  readonly streams: readonly StreamProgress[]
  /** Latest first; one more than asked for where there are more. */
  readonly syncs: readonly AccountSync[]
  /** Its unfinished syncs: one in a lane at most. */
  readonly open: readonly AccountSync[]
  /** Its own and its credential's: those that last first. */
  readonly incidents: readonly Incident[]
  readonly rejected: readonly RejectedCount[]
}

/** One account with its streams, syncs (those before a sync's id, where asked) and what is wrong; undefined where there is none of that id. */
export async function accountView(
  sql: Sql,
  accountId: string,
  query: { readonly syncs: number; readonly before?: string },
): Promise<AccountView | undefined> {
  const setUp = await setUpOf(sql, accountId)
  if (!setUp) return undefined
  const [now, streams, syncs, open, incidents, rejected] = await Promise.all([
    postgresTime(sql),
    streamsOf(sql, accountId),
    syncsOf(sql, `s.account_id = $1 and ($2::bigint is null or s.id < $2) order by s.id desc limit $3`, [
      accountId,
      query.before ?? null,
      query.syncs + 1,
    ]),
    syncsOf(sql, `s.account_id = $1 and s.state in ('waiting', 'running') order by s.lane desc`, [accountId]),
    incidentsOf(sql, [`account ${accountId}`, `credential ${setUp.credential}`], 10),
    rejectedOf(sql, accountId),
  ])
  return { now, setUp, streams, syncs, open, incidents, rejected }
}

const parking = (row: string): string => `json_build_object('parkedAt', ${row}.parked_at,
  'reason', ${row}.parked_reason, 'probeAt', ${row}.probe_at, 'probes', ${row}.probes)`

async function setUpOf(sql: Sql, accountId: string): Promise<AccountSetUp | undefined> {
  const { rows } = await sql.query<AccountSetUp>(
    `select a.id, a.client_id as client, client.name as "clientName", a.job, a.external_id as "externalId", a.timezone,
       a.enabled, a.settings, a.fence, a.not_before as "notBefore", a.created_at as "createdAt",
       a.updated_at as "updatedAt", a.credential_id as credential, c.updated_at as "credentialUpdatedAt",
       ${parking('a')} as account, ${parking('c')} as "credentialParking", coalesce(breakers.list, '[]') as breakers
     from accounts a join credentials c on c.id = a.credential_id join clients client on client.id = a.client_id
     cross join lateral (
       select json_agg(json_build_object('scope', b.scope, 'failures', b.failures, 'openedAt', b.opened_at,
         'probeAt', b.probe_at, 'message', b.error_message) order by b.scope) as list
       from breakers b
       where b.scope = 'account' and b.subject = a.id::text or b.scope = 'credential' and b.subject = a.credential_id
     ) breakers
     where a.id = $1`,
    [accountId],
  )
  const [row] = rows
  return (
    row && {
      ...row,
      account: parkingOf(row.account),
      credentialParking: parkingOf(row.credentialParking),
      breakers: row.breakers.map((breaker) => ({
        ...breaker,
        openedAt: instantOf(breaker.openedAt),
        probeAt: instantOf(breaker.probeAt),
      })),
    }
  )
}

const parkingOf = (given: Parking): Parking => ({
  ...given,
  parkedAt: instantOf(given.parkedAt),
  probeAt: instantOf(given.probeAt),
})

/** An instant out of a JSON value, which is text. */
const instantOf = (value: Date | null): Date | null => value && new Date(value)

async function streamsOf(sql: Sql, accountId: string): Promise<StreamProgress[]> {
  const { rows } = await sql.query<StreamProgress>(
    `select stream, mode, cursor, position, updated_at as "movedAt" from stream_states
     where account_id = $1 order by mode, stream`,
    [accountId],
  )
  return rows
}

async function syncsOf(sql: Sql, which: string, values: readonly unknown[]): Promise<AccountSync[]> {
  const { rows } = await sql.query<AccountSync>(
    `select s.id, s.run_id as "runId", r.kind, r.mode, s.lane, s.state, coalesce(s.error_message, s.reason) as reason,
       s.attempts, (s.inserted + s.updated + s.removed)::text as rows, s.rejected::text as rejected,
       s.wait_until as "waitUntil", s.created_at as "createdAt", s.started_at as "startedAt", s.settled_at as "settledAt"
     from syncs s join runs r on r.id = s.run_id where ${which}`,
    values,
  )
  return rows
}

async function rejectedOf(sql: Sql, accountId: string): Promise<RejectedCount[]> {
  const { rows } = await sql.query<RejectedCount>(
    `select stream, mode, count(*)::int as records, max(last_seen_at) as "lastSeenAt" from rejected_records
     where account_id = $1 group by stream, mode order by mode, stream`,
    [accountId],
  )
  return rows
}
