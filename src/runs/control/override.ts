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

/** Who goes by the configuration again, and why. */
export type RevertOrder = Pick<OverrideOrder, 'by'> & Partial<Pick<OverrideOrder, 'reason'>>

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
  const fields = tools.allowsSeconds ? 'five or six' : 'five'
  return tools.database.transaction(async (sql) =>
    makeOverride(sql, job, 'schedule', order, async (live) => {
      const schedule = { cron, timezone: timezone ?? live.effective.timezone }
      const fault = scheduleFault(live, schedule, { fields, now: await postgresTime(sql) })
      if (fault !== undefined) throw new ActRefusedError('invalid', fault)
      return schedule
    }),
  )
}

/** Lets each worker perform so many syncs of a job at once, from 1 to 100. */
export const setConcurrency = async (
  { database }: ActTools,
  job: Job,
  concurrency: number,
  order: OverrideOrder,
): Promise<Override> => database.transaction(async (sql) => limitConcurrency(sql, job, concurrency, order))

/** Lets a job's calls use so many percent of its vendor's limits, from 1 to 100. Other jobs keep theirs. */
export const setRate = async (
  { database }: ActTools,
  job: Job,
  percent: number,
  order: OverrideOrder,
): Promise<Override> => database.transaction(async (sql) => limitRate(sql, job, percent, order))

/** Sets concurrency and rate at once; where either is refused, neither. What is not named stays as it is. */
export const setLimits = async (
  { database }: ActTools,
  job: Job,
  { concurrency, percent }: { readonly concurrency?: number; readonly percent?: number },
  order: OverrideOrder,
): Promise<Override[]> =>
  allOrNothing(async () =>
    database.transaction(async (sql) => [
      ...(concurrency === undefined ? [] : [await limitConcurrency(sql, job, concurrency, order)]),
      ...(percent === undefined ? [] : [await limitRate(sql, job, percent, order)]),
    ]),
  )

/** Ends an override: from now on the job goes by what the configuration says. Returns what it was. */
export const revertOverride = async (
  { database }: ActTools,
  job: Job,
  setting: OverrideSetting,
  order: RevertOrder,
): Promise<Override> => database.transaction(async (sql) => revert(sql, job, setting, order))

/** Ends several overrides of a job at once, or all; where one of them is over already, none. Returns what they were. */
export const revertOverrides = async (
  { database }: ActTools,
  job: Job,
  settings: readonly OverrideSetting[] | 'all',
  order: RevertOrder,
): Promise<Override[]> =>
  allOrNothing(async () =>
    database.transaction(async (sql) => {
      const open = settings === 'all' ? await openOverrides(sql, job.id) : []
      const reverted: Override[] = []
      for (const setting of settings === 'all' ? open.map((each) => each.setting) : settings)
        reverted.push(await revert(sql, job, setting, order))
      return reverted
    }),
  )

/** A refusal of one of several says that the others were not done either. */
async function allOrNothing<T>(act: () => Promise<T>): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof ActRefusedError)) throw error
    throw new ActRefusedError(error.refusal, `${error.message}; nothing was changed`)
  }
}

async function revert(
  sql: Sql,
  job: Job,
  setting: OverrideSetting,
  { by, reason }: RevertOrder,
): Promise<Override> {
  const why = givenReason(reason)
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
}

const limitConcurrency = async (
  sql: Sql,
  job: Job,
  concurrency: number,
  order: OverrideOrder,
): Promise<Override> =>
  makeOverride(sql, job, 'concurrency', order, () => ({ concurrency: counted('concurrency', concurrency) }))

const limitRate = async (sql: Sql, job: Job, percent: number, order: OverrideOrder): Promise<Override> =>
  makeOverride(sql, job, 'rate', order, () => ({ percent: counted('rate', percent) }))

const actions = { schedule: 'reschedule', concurrency: 'set concurrency', rate: 'set rate' } as const

/** Checks an order, writes the override down and leaves its audit row, within the caller's transaction. */
async function makeOverride<Setting extends OverrideSetting>(
  sql: Sql,
  job: Job,
  setting: Setting,
  { by, reason: given, until }: OverrideOrder,
  valueFor: (live: LiveJob) => OverrideValues[Setting] | Promise<OverrideValues[Setting]>,
): Promise<Override> {
  const reason = expectReason(given)
  await checkUntil(sql, until)
  const live = liveJob(job, await openOverrides(sql, job.id))
  const value = await valueFor(live)
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
