import type { Mode } from '../../job/define-job'
import type { Sql } from '../../lib/sql'
import { accountPauseInWords } from '../control/pause-sql'
import { breakerInWords } from '../gates/breakers'
import type { SyncState } from '../work/syncs'

/** How an account stands, what needs a look first. `late`: its last good sync is older than its job's objective. */
export const accountStandings = [
  'parked',
  'broken',
  'failed',
  'late',
  'resting',
  'paused',
  'fresh',
  'off',
  'disabled',
] as const
export type AccountStanding = (typeof accountStandings)[number]

/** SQL: how an account stands, by conditions that say what is so of it. `fresh` and `resting` count where nothing is wrong. */
export const standingSql = (is: Readonly<Record<Exclude<AccountStanding, 'late'>, string>>): string =>
  `case when ${is.disabled} then 'disabled' when ${is.off} then 'off' when ${is.parked} then 'parked'
     when ${is.broken} then 'broken' when ${is.paused} then 'paused' when ${is.failed} then 'failed'
     when ${is.fresh} then case when ${is.resting} then 'resting' else 'fresh' end else 'late' end`

/** What is asked about the accounts of a job. */
export interface AccountQuestion {
  readonly id: string
  readonly mode: Mode
  /** How old an account's last good sync may be, in milliseconds. */
  readonly freshness: number
}

/** The latest live sync of an account, whatever became of it. */
export interface LatestSync {
  readonly id: string
  readonly runId: string
  readonly state: SyncState
  /** What it failed with, or why it waits, was skipped, or ended otherwise than ok. */
  readonly reason: string | null
  readonly createdAt: Date
  readonly settledAt: Date | null
}

/** An account and how it stands. */
export interface AccountState {
  readonly id: string
  readonly client: string
  readonly clientName: string
  readonly job: string
  readonly externalId: string
  readonly standing: AccountStanding
  /** What is parked, and why; null where nothing is. */
  readonly parked: string | null
  /** What is said of the open circuit breaker that it is behind for longest; null where none is open. */
  readonly breaker: string | null
  /** What is said of the pause of it or its client; null where there is none. Those of its job are told of the job. */
  readonly paused: string | null
  /** Its vendor asked for it to be left alone until then. */
  readonly notBefore: Date | null
  /** When its last good sync in the job's mode ended. */
  readonly syncedAt: Date | null
  readonly latest: LatestSync | null
}

/** A part of a list, and how long the whole list is. */
export interface AccountPage {
  readonly accounts: readonly AccountState[]
  readonly total: number
}

/** Which accounts: those of a job, of a client, or one. */
export type WhichAccounts = { readonly job: string } | { readonly client: string } | { readonly id: string }

const rank = `array_position(array[${accountStandings.map((standing) => `'${standing}'`).join(', ')}], standing)`

/** Accounts with how they stand, the worst first. What each costs is a few rows of its own, however long its history is. */
export async function accountStates(
  sql: Sql,
  questions: readonly AccountQuestion[],
  which: WhichAccounts,
  { limit, offset = 0 }: { readonly limit: number; readonly offset?: number },
): Promise<AccountPage> {
  const { rows } = await sql.query<AccountState & { total: number }>(
    `with known as (
       select a.id, a.client_id as client, client.name as "clientName", a.job, a.external_id as "externalId",
         case when c.parked_at is not null then 'credential parked: ' || c.parked_reason
              when a.parked_at is not null then 'account parked: ' || a.parked_reason end as parked,
         breaker.told as breaker, paused.told as paused, case when a.not_before > clock_timestamp() then a.not_before end as "notBefore",
         good.settled_at as "syncedAt", latest.sync as latest,
         ${standingSql({
           disabled: 'not a.enabled',
           off: `asked.mode = 'off'`,
           parked: 'a.parked_at is not null or c.parked_at is not null',
           broken: 'breaker.told is not null',
           paused: 'paused.told is not null',
           failed: `latest.state = 'failed'`,
           fresh: `good.settled_at > clock_timestamp() - asked.freshness * interval '1 millisecond'`,
           resting: 'a.not_before > clock_timestamp()',
         })} as standing
       from unnest($1::text[], $2::text[], $3::float8[]) as asked (job, mode, freshness)
       join accounts a on a.job = asked.job
       join credentials c on c.id = a.credential_id
       join clients client on client.id = a.client_id
       left join lateral (
         select ${breakerInWords} as told from breakers b
         where b.opened_at is not null
           and (b.scope = 'account' and b.subject = a.id::text or b.scope = 'credential' and b.subject = a.credential_id)
         order by b.probe_at desc limit 1
       ) breaker on true
       cross join lateral (select ${accountPauseInWords('a')} as told) paused
       left join lateral (
         select s.state, json_build_object('id', s.id::text, 'runId', s.run_id::text, 'state', s.state,
           'reason', coalesce(s.error_message, s.reason), 'createdAt', s.created_at, 'settledAt', s.settled_at) as sync
         from syncs s where s.account_id = a.id and s.lane = 'live' order by s.id desc limit 1
       ) latest on true
       left join lateral (
         select s.settled_at from syncs s join runs run on run.id = s.run_id and run.mode = asked.mode
         where asked.mode <> 'off' and s.account_id = a.id and s.lane = 'live' and s.state = 'ok' and not s.narrow
         order by s.id desc limit 1
       ) good on true
       where ${conditionFor(which)}
     )
     select *, (count(*) over ())::int as total from known
     order by ${rank}, "syncedAt" nulls first, "clientName", job, id limit $5 offset $6`,
    [
      questions.map(({ id }) => id),
      questions.map(({ mode }) => mode),
      questions.map(({ freshness }) => freshness),
      Object.values(which)[0],
      limit,
      offset,
    ],
  )
  return { accounts: rows.map(({ total: _total, ...row }) => withInstants(row)), total: rows[0]?.total ?? 0 }
}

const conditionFor = (which: WhichAccounts): string => {
  if ('id' in which) return 'a.id = $4::bigint'
  return 'job' in which ? 'a.job = $4' : 'a.client_id = $4'
}

/** Instants out of a JSON value are text. */
const withInstants = (row: AccountState): AccountState => ({
  ...row,
  latest: row.latest && {
    ...row.latest,
    createdAt: new Date(row.latest.createdAt),
    settledAt: row.latest.settledAt && new Date(row.latest.settledAt),
  },
})
