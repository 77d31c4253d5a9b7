import type { Job, JobSettings } from '../../job/define-job'
import {
  openOverrides,
  type Override,
  type OverrideSetting,
  type OverrideValues,
} from '../../ledger/control/overrides'
import type { Sql } from '../../lib/sql'

/** A job under its settings as they are now: its `effective` has the overrides in it. */
export type LiveJob = Job & {
  /** What the configuration of this process says. */
  readonly declared: JobSettings
  /** Those in force, one per setting at most. */
  readonly overrides: readonly Override[]
  /** The share of its vendor's limits that its calls may use; 100 where nobody set less. */
  readonly ratePercent: number
}

/** The jobs as they are to be run now, in the order given: one short question to the ledger. */
export async function liveJobs(sql: Sql, jobs: readonly Job[]): Promise<LiveJob[]> {
  const open = await openOverrides(sql)
  return jobs.map((job) => liveJob(job, open))
}

/** One job as it is to be run now. */
export const liveJobOf = async (sql: Sql, job: Job): Promise<LiveJob> =>
  liveJob(job, await openOverrides(sql, job.id))

/** A job with those of the overrides that are its own. A live job is taken for what it is declared as. */
export function liveJob(job: Job, overrides: readonly Override[]): LiveJob {
  const declared = isLive(job) ? job.declared : job.effective
  const own = overrides.filter((override) => override.job === job.id)
  let effective = declared
  let { percent } = declaredValues(declared).rate
  for (const override of own) {
    if (override.setting === 'rate') percent = override.value.percent
    else effective = { ...effective, ...override.value }
  }
  return { ...job, declared, effective, overrides: own, ratePercent: percent }
}

export const isLive = (job: Job): job is LiveJob => 'declared' in job

/** What a configuration says of the settings that can be overridden. */
export const declaredValues = ({
  cron,
  timezone,
  concurrency,
}: JobSettings): { readonly [Setting in OverrideSetting]: OverrideValues[Setting] } => ({
  schedule: { cron, timezone },
  concurrency: { concurrency },
  // The configuration has no setting for it: without an override a job uses all that its vendor allows.
  rate: { percent: 100 },
})
