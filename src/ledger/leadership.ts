import { seconds } from '../lib/durations'
import type { Sql } from '../lib/sql'

/** A scheduler that would lead. */
export interface Candidate {
  /** One per process. */
  readonly holder: string
  readonly build: string
  /** When the build was made. */
  readonly builtAt: Date
}

/** Milliseconds that an older build waits after a newer one's lease has lapsed, so that a roll-back can lead in the end. */
const rollbackPatience = 60_000

/**
 * Takes or renews the lead for `lease` milliseconds by Postgres' clock; true where the candidate leads.
 * A newer build takes the lead from an older one; an older one waits until the newer has been gone for a minute.
 */
export async function takeLead(sql: Sql, candidate: Candidate, lease: number): Promise<boolean> {
  const { rowCount } = await sql.query(
    `insert into leadership as lead (holder, build, built_at, expires_at)
     values ($1, $2, $3, clock_timestamp() + $4 * interval '1 millisecond')
     on conflict (only_row) do update set
       term = lead.term + case when lead.holder = excluded.holder then 0 else 1 end,
       holder = excluded.holder, build = excluded.build, built_at = excluded.built_at, expires_at = excluded.expires_at
     where lead.holder = excluded.holder
       or lead.built_at < excluded.built_at
       or (lead.expires_at < clock_timestamp() and lead.built_at = excluded.built_at)
       or lead.expires_at < clock_timestamp() - $5 * interval '1 millisecond'`,
    [candidate.holder, candidate.build, candidate.builtAt, lease, rollbackPatience],
    // A lead that is granted later than that is over by the time we hear of it.
    { within: lease },
  )
  return rowCount === 1
}

/** Gives the lead up at once, so that another scheduler need not wait for the lease to lapse. */
export async function giveUpLead(sql: Sql, holder: string): Promise<void> {
  await sql.query(
    `update leadership set expires_at = clock_timestamp() - interval '1 day' where holder = $1`,
    [holder],
    { within: seconds(2) },
  )
}

/** Who leads now, if anybody. */
export async function currentLeader(
  sql: Sql,
): Promise<{ readonly holder: string; readonly build: string } | undefined> {
  const { rows } = await sql.query<{ holder: string; build: string }>(
    'select holder, build from leadership where expires_at > clock_timestamp()',
  )
  return rows[0]
}
