import type { Job } from '../../job/define-job'
import { type ActedBy, recordAct } from '../../ledger/audit'
import {
  endOverride,
  openOverrides,
  type Override,
  type OverrideSetting,
  type OverrideValues,
  replaceOverride,
} from '../../ledger/control/overrides'
import { postgresTime } from '../../ledger/postgres/time'
import type { Schedule } from '../../lib/cron'
import type { Sql } from '../../lib/sql'
import { ActRefusedError } from './act-refused'
import type { ActTools } from './act-tools'
import { checkUntil } from './check-until'
import { declaredValues, liveJob, type LiveJob } from './live-jobs'
import { isSameValue, valueInWords } from './override-in-words'
import { expectReason, givenReason } from './reasons'
import { scheduleFault } from './schedule-fault'

/** Who sets something instead of the configuration, why, and until when; absent, until somebody reverts it. */
export interface OverrideOrder {
  readonly by: ActedBy
  readonly reason: string
  readonly until?: Date
}

/**
 * Runs a job by another schedule than the configuration says, in the zone that it has now where none is named. Schedulers and
 * workers go by it within seconds; it replaces an earlier one, and deploys leave it alone.
 */
export async function reschedule(
  tools: ActTools,
  job: Job,
  { cron, timezone }: Pick<Schedule, 'cron'> & Partial<Schedule>,
  order: OverrideOrder,
): Promise<Override> {
  return makeOverride(tools, job, 'schedule', order, async (sql, live) => {
    const schedule = { cron, timezone: timezone ?? live.effective.timezone }
    const fields = tools.allowsSeconds ? 'five or six' : 'five'
    const fault = scheduleFault(live, schedule, { fields, now: await postgresTime(sql) })
    if (fault !== undefined) throw new ActRefusedError('invalid', fault)
    return schedule
  })
}

/** Lets each worker perform so many syncs of a job at once, from 1 to 100. */
export const setConcurrency = async (
  tools: ActTools,
  job: Job,
  concurrency: number,
  order: OverrideOrder,
): Promise<Override> =>
  makeOverride(tools, job, 'concurrency', order, () => ({ concurrency: counted('concurrency', concurrency) }))

/** Lets a job's calls use so many percent of its vendor's limits, from 1 to 100. Other jobs keep theirs. */
export const setRate = async (
  tools: ActTools,
  job: Job,
  percent: number,
  order: OverrideOrder,
): Promise<Override> => makeOverride(tools, job, 'rate', order, () => ({ percent: counted('rate', percent) }))

/** Ends an override: from now on the job goes by what the configuration says. Returns what it was. */
export async function revertOverride(
  { database }: ActTools,
  job: Job,
  setting: OverrideSetting,
  { by, reason }: Pick<OverrideOrder, 'by'> & Partial<OverrideOrder>,
): Promise<Override> {
  const why = givenReason(reason)
  return database.transaction(async (sql) => {
    const { declared } = liveJob(job, [])
    const ended = await endOverride(sql, job.id, setting, { by: by.actor, reason: why })
    if (!ended)
      throw new ActRefusedError('conflict', `the ${setting} of ${job.id} is as configured: nothing to revert`)
    await recordAct(sql, {
      ...by,
      action: 'revert',
      subject: `job ${job.id}`,
      before: { [setting]: ended.value },
      after: { [setting]: declaredValues(declared)[setting] },
      ...(why === undefined ? {} : { reason: why }),
      outcome: 'done',
    })
    return ended
  })
}

const actions = { schedule: 'reschedule', concurrency: 'set concurrency', rate: 'set rate' } as const

/** Checks an order, writes the override down and leaves its audit row, in one transaction. */
async function makeOverride<Setting extends OverrideSetting>(
  { database }: ActTools,
  job: Job,
  setting: Setting,
  { by, reason: given, until }: OverrideOrder,
  valueFor: (sql: Sql, live: LiveJob) => OverrideValues[Setting] | Promise<OverrideValues[Setting]>,
): Promise<Override> {
  const reason = expectReason(given)
  return database.transaction(async (sql) => {
    await checkUntil(sql, until)
    const live = liveJob(job, await openOverrides(sql, job.id))
    const value = await valueFor(sql, live)
    const declared = declaredValues(live.declared)[setting]
    const before = live.overrides.find((override) => override.setting === setting)?.value ?? declared
    refuseDeclared(live, setting, value)
    const made = await replaceOverride(sql, {
      job: job.id,
      setting,
      value,
      declared,
      reason,
      madeBy: by.actor,
      until: until ?? null,
    })
    if (!made)
      throw new ActRefusedError('conflict', `the ${setting} of ${job.id} was changed just now: look again`)
    await recordAct(sql, {
      ...by,
      action: actions[setting],
      subject: `job ${job.id}`,
      before: { [setting]: before },
      after: { [setting]: value, until: until ?? null },
      reason,
      outcome: 'done',
    })
    return made
  })
}

/** An override of what is so anyway would say nothing, and show as drift once the configuration moves on. */
function refuseDeclared<Setting extends OverrideSetting>(
  live: LiveJob,
  setting: Setting,
  value: OverrideValues[Setting],
): void {
  const declared = declaredValues(live.declared)[setting]
  if (!isSameValue(value, declared)) return
  const isOverridden = live.overrides.some((override) => override.setting === setting)
  throw new ActRefusedError(
    'conflict',
    `${live.id}: ${valueInWords(setting, declared)} is what the configuration says; ` +
      (isOverridden ? 'revert the override to go by it again' : 'there is nothing to change'),
  )
}

function counted(name: string, given: number): number {
  if (Number.isInteger(given) && given >= 1 && given <= 100) return given
  throw new ActRefusedError('invalid', `${name}: expected a whole number from 1 to 100, got ${given}`)
}
