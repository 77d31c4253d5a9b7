import { only, type Sql } from '../../lib/sql'

/** What is under way in the whole fleet, and what waits for a person. */
export interface FleetTotals {
  readonly runs: number
  readonly running: number
  readonly waiting: number
  /** Neither retried nor discarded. */
  readonly deadLetters: number
}

/** Counts only what is open: cheap however long the history is. */
export const fleetTotals = async (sql: Sql): Promise<FleetTotals> =>
  only(
    await sql.query<FleetTotals>(
      `select (select count(*)::int from runs where state = 'running') as runs,
         (select count(*)::int from syncs where state = 'running') as running,
         (select count(*)::int from syncs where state = 'waiting') as waiting,
         (select count(*)::int from syncs where state = 'failed' and discarded_at is null) as "deadLetters"`,
    ),
  )
