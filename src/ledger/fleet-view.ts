import type { Mode } from '../job/define-job'
import type { Sql } from '../lib/sql'
import { postgresTime } from './postgres/time'
import type { SlotState } from './slots/slots'
import type { RunKind, RunState } from './work/runs'

/** What is asked about a job. */
export interface FleetQuestion {
  readonly id: string
  readonly mode: Mode
  /** How old an account's last good sync may be, in milliseconds. */
  readonly freshness: number
}

export interface LastSlot {
  readonly dueAt: Date
  readonly state: SlotState
  readonly reason: string | null
}

type EndedOtherwise = 'deferred' | 'cancelled' | 'superseded'

export interface LastRun {
  readonly id: string
  readonly kind: RunKind
  readonly state: RunState
  readonly startedAt: Date
  readonly settledAt: Date | null
  /** Its syncs by what became of them; `open` are those that wait or run. */
  readonly syncs: {
    readonly [Outcome in 'ok' | 'partial' | 'failed' | 'skipped' | EndedOtherwise | 'open']: number
  }
  /** Rows inserted, updated or removed. */
  readonly rows: number
}

export interface Freshness {
  /** Enabled accounts. */
  readonly accounts: number
  /** Those whose last good sync ended within the objective. */
  readonly fresh: number
  /** The enabled account whose last good sync is longest ago, before all one that never had any; null without accounts. */
  readonly oldest: {
    readonly client: string
    readonly account: string
    readonly syncedAt: Date | null
  } | null
}

/** Incidents of the job that last. */
export interface OpenIncidents {
  readonly count: number
  /** The message of the one that began last. */
  readonly latest: string
}

export interface JobView {
  /** The latest slot that has been due; undefined before the first. */
  readonly lastSlot: LastSlot | undefined
  /** Latest first. */
  readonly lastRuns: readonly LastRun[]
  readonly freshness: Freshness
  /** Undefined where nothing is wrong. */
  readonly incidents: OpenIncidents | undefined
}

/** How a job stands, but for its accounts. */
export type JobFacts = Omit<JobView, 'freshness'>

export interface FleetView {
  /** By Postgres' clock. */
  readonly now: Date
  readonly jobs: ReadonlyMap<string, JobView>
}

const noAccounts: Freshness = { accounts: 0, fresh: 0, oldest: null }

/** How every job stands: its last slot, its last `runs` runs, how fresh its accounts are and what is wrong. A handful of queries, whatever the size of the fleet. */
export async function fleetView(sql: Sql, questions: readonly FleetQuestion[], runs = 5): Promise<FleetView> {
  const ids = questions.map(({ id }) => id)
  const [now, facts, freshness] = await Promise.all([
    postgresTime(sql),
    jobFacts(sql, ids, runs),
    freshnessOf(sql, questions),
  ])
  const views = Array.from(facts, ([id, fact]): [string, JobView] => [
    id,
    { ...fact, freshness: freshness.find(({ job }) => job === id) ?? noAccounts },
  ])
  return { now, jobs: new Map(views) }
}

/** What became of every job's last slot and its last `runs` runs, and what is wrong. */
export async function jobFacts(
  sql: Sql,
  ids: readonly string[],
  runs: number,
): Promise<ReadonlyMap<string, JobFacts>> {
  const [slots, lastRuns, incidents] = await Promise.all([
    lastSlotsOf(sql, ids),
    lastRunsOf(sql, ids, runs),
    openIncidentsOf(sql, ids),
  ])
  const facts = ids.map((id): [string, JobFacts] => [
    id,
    {
      lastSlot: slots.find(({ job }) => job === id),
      lastRuns: lastRuns.filter(({ job }) => job === id),
      incidents: incidents.find(({ job }) => job === id),
    },
  ])
  return new Map(facts)
}

async function lastSlotsOf(sql: Sql, ids: readonly string[]): Promise<(LastSlot & { job: string })[]> {
  const { rows } = await sql.query<LastSlot & { job: string }>(
    `select asked.job, slot.due_at as "dueAt", slot.state, slot.reason
     from unnest($1::text[]) as asked (job)
     cross join lateral (
       select * from slots where slots.job = asked.job and due_at <= clock_timestamp() order by due_at desc limit 1
     ) slot`,
    [ids],
  )
  return rows
}

async function lastRunsOf(
  sql: Sql,
  ids: readonly string[],
  count: number,
): Promise<(LastRun & { job: string })[]> {
  const { rows } = await sql.query<LastRun & { job: string }>(
    `select run.job, run.id, run.kind, run.state, run.started_at as "startedAt", run.settled_at as "settledAt",
       total.rows, total.syncs
     from unnest($1::text[]) as asked (job)
     cross join lateral (select * from runs where runs.job = asked.job order by id desc limit $2) run
     cross join lateral (
       select coalesce(sum(inserted + updated + removed), 0)::float8 as rows, json_build_object(
           'ok', count(*) filter (where state = 'ok'),
           'partial', count(*) filter (where state = 'partial'),
           'failed', count(*) filter (where state = 'failed'),
           'skipped', count(*) filter (where state = 'skipped'),
           'deferred', count(*) filter (where state = 'deferred'),
           'cancelled', count(*) filter (where state = 'cancelled'),
           'superseded', count(*) filter (where state = 'superseded'),
           'open', count(*) filter (where state in ('waiting', 'running'))
         ) as syncs
       from syncs where run_id = run.id
     ) total
     order by run.id desc`,
    [ids, count],
  )
  return rows
}

async function openIncidentsOf(
  sql: Sql,
  ids: readonly string[],
): Promise<(OpenIncidents & { job: string })[]> {
  const { rows } = await sql.query<OpenIncidents & { job: string }>(
    `select job, count(*)::int as count, (array_agg(message order by opened_at desc, id desc))[1] as latest
     from incidents where closed_at is null and job = any ($1) group by job`,
    [ids],
  )
  return rows
}

async function freshnessOf(
  sql: Sql,
  questions: readonly FleetQuestion[],
): Promise<(Freshness & { job: string })[]> {
  const { rows } = await sql.query<Freshness & { job: string }>(
    `with synced as (
       select asked.job, asked.freshness, client.name as client, account.external_id as account, good.settled_at as synced_at
       from unnest($1::text[], $2::text[], $3::float8[]) as asked (job, mode, freshness)
       join accounts account on account.job = asked.job and account.enabled
       join clients client on client.id = account.client_id
       left join lateral (
         select sync.settled_at from syncs sync join runs run on run.id = sync.run_id and run.mode = asked.mode
         -- Of a job that is off nothing is asked, and no history read.
         where asked.mode <> 'off' and sync.account_id = account.id and sync.lane = 'live' and sync.state = 'ok' and not sync.narrow
         order by sync.id desc limit 1
       ) good on true
     )
     select job, count(*)::int as accounts,
       count(*) filter (where synced_at > clock_timestamp() - freshness * interval '1 millisecond')::int as fresh,
       (array_agg(json_build_object('client', client, 'account', account, 'syncedAt', synced_at)
          order by synced_at nulls first, client))[1] as oldest
     from synced group by job`,
    [
      questions.map(({ id }) => id),
      questions.map(({ mode }) => mode),
      questions.map(({ freshness }) => freshness),
    ],
  )
  return rows.map((row) => ({
    ...row,
    oldest: row.oldest && { ...row.oldest, syncedAt: instantOf(row.oldest.syncedAt) },
  }))
}

/** An instant out of a JSON value, which is text. */
const instantOf = (value: Date | null): Date | null => value && new Date(value)
