import type { Command } from 'commander'
import type { Job } from '../../job/define-job'
import { type Override, overrideSettings, type OverrideSetting } from '../../ledger/control/overrides'
import { postgresTime } from '../../ledger/postgres/time'
import { liveJobOf } from '../../runs/control/live-jobs'
import { type OverrideOrder, reschedule, revertOverrides, setLimits } from '../../runs/control/override'
import { driftOf } from '../../runs/control/override-in-words'
import { CommandTools } from './act-tools'
import type { CommandContext } from './context'
import { typedUntil } from './instants'
import { knownJob } from './known-job'
import { positive } from './numbers'
import { CommandError, UsageError } from './outcome'
import { showJson, withJson, type ShowOptions } from './show'

interface OverrideOptions extends ShowOptions {
  readonly reason: string
  readonly until?: string
}

interface RescheduleOptions extends OverrideOptions {
  readonly cron: string
  readonly timezone?: string
}

interface LimitOptions extends OverrideOptions {
  readonly concurrency?: number
  readonly rate?: number
}

/** `jobs reschedule|limit|revert` */
export function addOverrides(jobs: Command, context: CommandContext): void {
  const onJob = (name: string): Command =>
    withJson(jobs.command(name)).argument('<job>', 'a job id, as in `jobs list`')
  const overriding = (name: string): Command =>
    onJob(name)
      .requiredOption('--reason <text>', 'why, for those who wonder later')
      .option(
        '--until <instant>',
        'when it ends by itself: 4h, "tomorrow 06:00", "2026-11-23 06:00" in the job\'s zone',
      )

  overriding('reschedule')
    .description('run a job by another schedule than the configuration says, without a deploy')
    .requiredOption('--cron <pattern>', 'when it is due: "*/20 * * * *"')
    .option('--timezone <zone>', 'the zone in which that is read; as it is now where none is given')
    .action(async (id: string, { cron, timezone, ...options }: RescheduleOptions) =>
      override(context, id, options, async (tools, job, order) => {
        const schedule = { cron, ...(timezone === undefined ? {} : { timezone }) }
        return [await reschedule(tools, job, schedule, order)]
      }),
    )

  overriding('limit')
    .description('change how much a job may do at once, without a deploy')
    .option('--concurrency <count>', 'syncs at once in each worker, from 1 to 100', positive)
    .option(
      '--rate <percent>',
      "the share of its vendor's limits that its calls may use, from 1 to 100",
      positive,
    )
    .action(async (id: string, { concurrency, rate, ...options }: LimitOptions) => {
      if (concurrency === undefined && rate === undefined)
        throw new UsageError('expected --concurrency, --rate or both')
      const limits = {
        ...(concurrency === undefined ? {} : { concurrency }),
        ...(rate === undefined ? {} : { percent: rate }),
      }
      return override(context, id, options, async (tools, job, order) => setLimits(tools, job, limits, order))
    })

  onJob('revert')
    .description('go by the configuration again: in one setting, or in all')
    .argument('[setting]', overrideSettings.join(', '))
    .option('--reason <text>', 'why, for those who wonder later')
    .action(async (id: string, setting: string | undefined, options: ShowOptions & { reason?: string }) =>
      revert(context, id, setting, options),
    )
}

/** Makes overrides, and says how the job stands then. */
async function override(
  context: CommandContext,
  id: string,
  { reason, until, json }: OverrideOptions,
  act: (tools: CommandTools, job: Job, order: OverrideOrder) => Promise<readonly Override[]>,
): Promise<void> {
  const known = knownJob(context.config(), id)
  await using ledger = await context.openLedger()
  await using tools = new CommandTools(ledger, context.signal)
  const job = await liveJobOf(ledger.database, known)
  const end =
    until === undefined
      ? {}
      : { until: typedUntil(until, job.effective.timezone, await postgresTime(ledger.database)) }
  const made = await act(tools, job, { by: context.by, reason, ...end })
  if (json) return showJson(context, made)
  const ids = made.map((each) => each.id)
  for (const drift of driftOf(await liveJobOf(ledger.database, known)))
    if (ids.includes(drift.override.id)) context.print(`${job.id}: ${drift.inWords}`)
}

async function revert(
  context: CommandContext,
  id: string,
  setting: string | undefined,
  { json, reason }: ShowOptions & { readonly reason?: string },
): Promise<void> {
  const known = knownJob(context.config(), id)
  const named = setting === undefined ? undefined : settingNamed(setting)
  await using ledger = await context.openLedger()
  await using tools = new CommandTools(ledger, context.signal)
  const order = { by: context.by, ...(reason === undefined ? {} : { reason }) }
  const reverted = await revertOverrides(tools, known, named ? [named] : 'all', order)
  if (reverted.length === 0) throw new CommandError(`${known.id} is as configured: nothing to revert`)
  if (json) return showJson(context, reverted)
  for (const each of reverted) context.print(`${known.id}: its ${each.setting} is as configured again`)
}

function settingNamed(given: string): OverrideSetting {
  const setting = overrideSettings.find((each) => each === given)
  if (setting) return setting
  throw new UsageError(`expected one of ${overrideSettings.join(', ')}, got "${given}"`)
}
