import type { Schedule } from '../../lib/cron'
import type { Sql } from '../../lib/sql'

/** What people may set instead of the configuration. */
export const overrideSettings = ['schedule', 'concurrency', 'rate'] as const
export type OverrideSetting = (typeof overrideSettings)[number]

/** What each of the settings is. */
export interface OverrideValues {
  readonly schedule: Schedule
  /** Syncs of the job at once in each worker. */
  readonly concurrency: { readonly concurrency: number }
  /** The share of its vendor's limits that the job's calls may use, from 1 to 100. */
  readonly rate: { readonly percent: number }
}

interface OverrideOf<Setting extends OverrideSetting> {
  readonly id: string
  readonly job: string
  readonly setting: Setting
  readonly value: OverrideValues[Setting]
  /** What the configuration said when it was made. */
  readonly declared: OverrideValues[Setting]
  readonly reason: string
  readonly madeBy: string
  readonly madeAt: Date
  /** When it ends by itself; null where a person must end it. */
  readonly until: Date | null
  readonly endedAt: Date | null
  readonly endedBy: string | null
  readonly endReason: string | null
}

/** A setting of a job that a person set instead of what the configuration says. Deploys leave it alone. */
export type Override<Setting extends OverrideSetting = OverrideSetting> = {
  [Each in Setting]: OverrideOf<Each>
}[Setting]

/** One to be made. */
export type NewOverride = Pick<
  Override,
  'job' | 'setting' | 'value' | 'declared' | 'reason' | 'madeBy' | 'until'
>

const columns = `id, job, setting, value, declared, reason, made_by as "madeBy", made_at as "madeAt", until,
  ended_at as "endedAt", ended_by as "endedBy", end_reason as "endReason"`

/** Those in force, of one job or of all; one whose time is over is not, even if nobody has ended it yet. */
export async function openOverrides(sql: Sql, job?: string): Promise<Override[]> {
  const { rows } = await sql.query<Override>(
    `select ${columns} from overrides
     where ended_at is null and (until is null or until > clock_timestamp()) and ($1::text is null or job = $1)
     order by job, setting`,
    [job ?? null],
  )
  return rows
}

/** Those that are and were, newest first; `before` is an override's id to page on from. */
export async function listOverrides(
  sql: Sql,
  { job, before, limit }: { readonly job?: string; readonly before?: string; readonly limit: number },
): Promise<Override[]> {
  const { rows } = await sql.query<Override>(
    `select ${columns} from overrides where ($1::text is null or job = $1) and ($3::bigint is null or id < $3)
     order by id desc limit $2`,
    [job ?? null, limit, before ?? null],
  )
  return rows
}

/** True where an override of the setting was made, or was over, less than so many milliseconds ago. */
export async function hasJustChanged(
  sql: Sql,
  job: string,
  setting: OverrideSetting,
  within: number,
): Promise<boolean> {
  const { rows } = await sql.query<object>(
    `select from overrides, lateral (select clock_timestamp() - $3 * interval '1 millisecond' as at) since
     where job = $1 and setting = $2
       and (made_at > since.at or least(ended_at, until) between since.at and clock_timestamp()) limit 1`,
    [job, setting, within],
  )
  return rows.length > 0
}

/** Makes an override in place of the one there is; undefined where somebody else has just made one. */
export async function replaceOverride(sql: Sql, made: NewOverride): Promise<Override | undefined> {
  await endOverride(sql, made.job, made.setting, { by: made.madeBy, reason: 'replaced by another' })
  const { rows } = await sql.query<Override>(
    `insert into overrides (job, setting, value, declared, reason, made_by, until)
     values ($1, $2, $3, $4, $5, $6, $7)
     on conflict (job, setting) where ended_at is null do nothing
     returning ${columns}`,
    [
      made.job,
      made.setting,
      JSON.stringify(made.value),
      JSON.stringify(made.declared),
      made.reason,
      made.madeBy,
      made.until,
    ],
  )
  return rows[0]
}

/** Ends the override of a job's setting; undefined where there is none. */
export async function endOverride(
  sql: Sql,
  job: string,
  setting: OverrideSetting,
  end: { readonly by: string; readonly reason: string | undefined },
): Promise<Override | undefined> {
  const { rows } = await sql.query<Override>(
    `update overrides set ended_at = clock_timestamp(), ended_by = $3, end_reason = $4
     where job = $1 and setting = $2 and ended_at is null
     returning ${columns}`,
    [job, setting, end.by, end.reason ?? null],
  )
  return rows[0]
}

/** Ends those whose time is over, in the name of the system, and returns them. */
export async function endExpiredOverrides(sql: Sql): Promise<Override[]> {
  const { rows } = await sql.query<Override>(
    `update overrides set ended_at = clock_timestamp(), ended_by = 'system', end_reason = 'expired'
     where ended_at is null and until <= clock_timestamp()
     returning ${columns}`,
  )
  return rows
}
