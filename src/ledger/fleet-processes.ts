import { seconds } from '../lib/durations'
import type { Sql } from '../lib/sql'

export type ProcessKind = 'scheduler' | 'worker' | 'dashboard'

/** What a process says of itself. */
export interface SignOfLife {
  /** As leases, attempts and the lead name it: process id, a random part, and the host. */
  readonly id: string
  readonly kind: ProcessKind
  readonly build: string
  /** Milliseconds since it started. */
  readonly uptime: number
  /** Bytes of memory. */
  readonly rss: number
  /** How many jobs it has in hand, by queue; queues without any are missing. */
  readonly active: Readonly<Record<string, number>>
}

/** A process of the fleet as it was heard of last. */
export interface FleetProcess extends Omit<SignOfLife, 'uptime'> {
  readonly startedAt: Date
  readonly seenAt: Date
  /** Not heard of for a minute: it died, or cannot reach Postgres. */
  readonly isGone: boolean
  /** It leads the schedulers. */
  readonly isLeading: boolean
}

/** Says that a process lives. Safe to repeat. */
export async function reportProcess(sql: Sql, sign: SignOfLife, within: number): Promise<void> {
  await sql.query(
    `insert into fleet_processes (id, kind, build, started_at, rss, active)
     values ($1, $2, $3, clock_timestamp() - $4 * interval '1 millisecond', $5, $6)
     on conflict (id) do update set seen_at = clock_timestamp(), rss = excluded.rss, active = excluded.active`,
    [sign.id, sign.kind, sign.build, sign.uptime, sign.rss, JSON.stringify(sign.active)],
    { within },
  )
}

/** A process that stops in order is not missed. */
export async function forgetProcess(sql: Sql, id: string): Promise<void> {
  await sql.query('delete from fleet_processes where id = $1', [id], { within: seconds(2) })
}

/** Forgets processes that were not heard of for a day. */
export async function forgetLostProcesses(sql: Sql): Promise<void> {
  await sql.query(`delete from fleet_processes where seen_at < clock_timestamp() - interval '1 day'`)
}

/** The processes of the fleet: schedulers first, then workers, then dashboards, each the longest running first; those that are gone last. */
export async function fleetProcesses(sql: Sql): Promise<FleetProcess[]> {
  const { rows } = await sql.query<FleetProcess>(
    `select id, kind, build, started_at as "startedAt", seen_at as "seenAt", rss::float8 as rss, active,
       seen_at < clock_timestamp() - interval '1 minute' as "isGone",
       exists (select from leadership where holder = id and expires_at > clock_timestamp()) as "isLeading"
     from fleet_processes
     order by 8, array_position(array['scheduler', 'worker', 'dashboard'], kind), started_at, id`,
  )
  return rows
}
