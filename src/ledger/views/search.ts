import type { Sql } from '../../lib/sql'
import type { SlotState } from '../slots/slots'
import type { RunKind, RunState } from '../work/runs'
import type { SyncState } from '../work/syncs'

/** At most so many of a kind. */
const most = 20
/** How many days back errors are searched, and how many of the latest at most. */
export const errorDays = 30
const errorsLookedAt = 20_000

export interface FoundClient {
  readonly id: string
  readonly name: string
}

export interface FoundAccount {
  readonly id: string
  readonly job: string
  readonly externalId: string
  readonly client: string
  readonly clientName: string
}

export interface FoundRun {
  readonly id: string
  readonly job: string
  readonly kind: RunKind
  readonly state: RunState
  readonly startedAt: Date
}

export interface FoundSync {
  readonly id: string
  readonly job: string
  readonly state: SyncState
  readonly clientName: string
  readonly externalId: string
  readonly createdAt: Date
}

/** Errors of one kind that have the text in them. */
export interface FoundError {
  readonly job: string
  readonly count: number
  /** Of the latest. */
  readonly message: string
  readonly syncId: string
  readonly at: Date
}

export interface FoundIncident {
  readonly subject: string
  readonly job: string | null
  readonly message: string
  readonly openedAt: Date
  readonly closedAt: Date | null
}

/** SQL: 0 where a column is the text that is searched, 1 where it begins with it, 2 where it has it in it; upper and lower case are alike. */
const rank = (column: string): string =>
  `case when lower(${column}) = lower($1) then 0 when starts_with(lower(${column}), lower($1)) then 1
     when position(lower($1) in lower(${column})) > 0 then 2 end`

/** Clients by a part of their name or id, the most exact first. */
export async function searchClients(sql: Sql, text: string): Promise<FoundClient[]> {
  const { rows } = await sql.query<FoundClient>(
    `select id, name from (select id, name, least(${rank('name')}, ${rank('id')}) as rank from clients) c
     where rank is not null order by rank, name limit ${most}`,
    [text],
  )
  return rows
}

/** Accounts by a part of their id at the vendor, or by their number in the ledger. */
export async function searchAccounts(sql: Sql, text: string): Promise<FoundAccount[]> {
  const { rows } = await sql.query<FoundAccount>(
    `select a.id, a.job, a."externalId", a.client, client.name as "clientName" from (
       select id, job, external_id as "externalId", client_id as client,
         least(${rank('external_id')}, case when id::text = $1 then 0 end) as rank from accounts
     ) a join clients client on client.id = a.client
     where a.rank is not null order by a.rank, client.name, a.job limit ${most}`,
    [text],
  )
  return rows
}

/** The run of that number, if there is one. */
export async function searchRun(sql: Sql, id: string): Promise<FoundRun[]> {
  const { rows } = await sql.query<FoundRun>(
    `select id, job, kind, state, started_at as "startedAt" from runs where id = $1`,
    [id],
  )
  return rows
}

/** The sync of that number, if there is one. */
export async function searchSync(sql: Sql, id: string): Promise<FoundSync[]> {
  const { rows } = await sql.query<FoundSync>(
    `select s.id, s.job, s.state, client.name as "clientName", a.external_id as "externalId", s.created_at as "createdAt"
     from syncs s join accounts a on a.id = s.account_id join clients client on client.id = a.client_id where s.id = $1`,
    [id],
  )
  return rows
}

/** What syncs failed with in the last weeks, by kind, the latest first. History further back is not read. */
export async function searchErrors(sql: Sql, text: string): Promise<FoundError[]> {
  const { rows } = await sql.query<FoundError>(
    `with failed as (
       select id, job, error_message, coalesce(error_signature, error_code) as kind, settled_at from syncs
       where state = 'failed' and settled_at > clock_timestamp() - interval '${errorDays} days'
       order by settled_at desc limit ${errorsLookedAt}
     )
     select job, count(*)::int as count, (array_agg(error_message order by id desc))[1] as message,
       max(id) as "syncId", max(settled_at) as at
     from failed where position(lower($1) in lower(error_message)) > 0
     group by job, kind order by max(id) desc limit ${most}`,
    [text],
  )
  return rows
}

/** Incidents of the last weeks by what was said of them, the latest first. */
export async function searchIncidents(sql: Sql, text: string): Promise<FoundIncident[]> {
  const { rows } = await sql.query<FoundIncident>(
    `select subject, job, message, opened_at as "openedAt", closed_at as "closedAt" from incidents
     where opened_at > clock_timestamp() - interval '${errorDays} days'
       and position(lower($1) in lower(subject || ' ' || message)) > 0
     order by opened_at desc limit ${most}`,
    [text],
  )
  return rows
}

/** What there was of a job at an instant. */
export interface FoundMoment {
  readonly job: string
  /** The last slot that was due by then. */
  readonly dueAt: Date | null
  readonly state: SlotState | null
  readonly reason: string | null
  readonly runId: string | null
  /** Runs that were under way then, the latest first. */
  readonly underWay: readonly { readonly id: string; readonly state: RunState }[]
}

/** Of each job what had been due last at its instant, and what was under way. Runs that had begun days before are not found. */
export async function searchMoment(
  sql: Sql,
  asked: readonly { readonly job: string; readonly instant: Date }[],
): Promise<FoundMoment[]> {
  const { rows } = await sql.query<FoundMoment>(
    `select asked.job, slot.due_at as "dueAt", slot.state, slot.reason, slot.run_id as "runId",
       coalesce(running.runs, '[]') as "underWay"
     from unnest($1::text[], $2::timestamptz[]) with ordinality as asked (job, instant, place)
     left join lateral (
       select * from slots where slots.job = asked.job and due_at <= asked.instant order by due_at desc limit 1
     ) slot on true
     left join lateral (
       select json_agg(json_build_object('id', id::text, 'state', state) order by id desc) as runs from runs
       where runs.job = asked.job and started_at <= asked.instant
         and started_at > asked.instant - interval '2 days' and coalesce(settled_at, 'infinity') > asked.instant
     ) running on true
     order by asked.place`,
    [asked.map(({ job }) => job), asked.map(({ instant }) => instant)],
  )
  return rows
}
