import { instantsBetween } from '../../src/lib/cron'
import { only } from '../../src/lib/sql'
import type { Fleet } from './fleet'
import { until } from './until'

/** The schedule of every job in the test environment. */
const everyFiveSeconds = { cron: '*/5 * * * * *', timezone: 'UTC' }

/** The vendors' world stands still from here on. Returns the instant, by Postgres' clock. */
export async function freezeWorld(fleet: Fleet): Promise<Date> {
  fleet.sandbox.clock.freeze()
  const { now } = only(await fleet.database.query<{ now: Date }>('select clock_timestamp() as now'))
  return now
}

/** Waits until all that was due or began before `end` has ended, and every account was read once more after it. */
export async function untilQuiet(fleet: Fleet, end: Date, within?: number): Promise<void> {
  const what = 'all that began in the ordeal is settled and every account was read since'
  const isQuiet = async (): Promise<boolean> => {
    const { rows } = await fleet.database.query(
      `select 1 from runs where state = 'running' and started_at <= $1
       union all select 1 from slots where state = 'due' and due_at <= $1
       union all select 1 from accounts a where not exists (
         select 1 from syncs s where s.account_id = a.id and s.state = 'ok' and s.started_at > $1)`,
      [end],
    )
    if (rows.length > 0) return false
    // A tick whose worker was killed has no slot before somebody else takes it up.
    const jobs = await slotsUntil(fleet, end)
    return jobs.every(({ dueAt, expected }) => dueAt.length >= expected.length)
  }
  await until(what, isQuiet, within)
}

/** What a job's slots are up to `end`, beside what they should be. */
export interface SlotsOfJob {
  readonly job: string
  readonly dueAt: readonly number[]
  /** Every instant of its schedule since its first slot. */
  readonly expected: readonly number[]
  readonly states: readonly string[]
}

/** The slots of every job that has any. */
export async function slotsUntil(fleet: Fleet, end: Date): Promise<SlotsOfJob[]> {
  const { rows } = await fleet.database.query<{ job: string; slots: Date[]; states: string[] }>(
    `select job, array_agg(due_at order by due_at) as slots, array_agg(state order by due_at) as states
     from slots where due_at <= $1 group by job`,
    [end],
  )
  return rows.map(({ job, slots, states }) => {
    const from = new Date(Number(slots[0] ?? end) - 1)
    const expected = instantsBetween(everyFiveSeconds, from, end, 10_000)
    return { job, dueAt: slots.map(Number), expected: expected.map(Number), states }
  })
}
