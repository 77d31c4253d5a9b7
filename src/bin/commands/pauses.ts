import type { Command } from 'commander'
import {
  listPauses,
  type Pause,
  pauseInWords,
  type PauseTarget,
  targetInWords,
  targetOf,
} from '../../ledger/control/pauses'
import type { Database } from '../../ledger/postgres/database'
import { postgresTime } from '../../ledger/postgres/time'
import { pause, resume, widerPauses } from '../../runs/control/pause'
import { resumeCommand } from '../../runs/control/refuse-paused'
import { CommandTools } from './act-tools'
import type { CommandContext, OpenLedger } from './context'
import { typedUntil } from './instants'
import { positive } from './numbers'
import { showJson, showRows, withJson, type Column, type ShowOptions } from './show'

interface PauseOptions extends ShowOptions {
  readonly reason: string
  readonly until?: string
}

interface ResumeOptions extends ShowOptions {
  readonly reason?: string
}

/** What a person named, and the zone in which its times are meant. */
export interface Pausable {
  readonly target: PauseTarget
  readonly timezone: string
}

/** Finds what a person named; throws where there is no such thing. */
export type FindPausable = (ledger: OpenLedger, given: string) => Promise<Pausable>

const everything: FindPausable = async () => ({ target: { scope: 'everything' }, timezone: 'UTC' })

/** `pause`, `resume` and `pauses` */
export function addPauses(program: Command, context: CommandContext): void {
  withPausing(program)
    .description('pause everything: no slot runs and nothing waiting starts; what is under way goes on')
    .action(async (options: PauseOptions) => pauseNamed(context, '', options, everything))

  withResuming(program)
    .description('end the pause of everything; what is paused by itself stays so')
    .action(async (options: ResumeOptions) => resumeNamed(context, '', options, everything))

  withJson(program.command('pauses'))
    .description('what is paused, by whom, until when and why; latest first')
    .option('--all', 'also those that are over')
    .option('--limit <count>', 'how many', positive, 50)
    .action(async ({ all = false, limit, ...options }: ShowOptions & ListOptions) => {
      await using ledger = await context.openLedger()
      showRows(context, options, await listPauses(ledger.database, { all, limit }), columns)
    })
}

/** `<parent> pause|resume <argument>`: the zone of what is named is that of its times. */
export function addPausing(
  parent: Command,
  context: CommandContext,
  { argument, help, find }: { readonly argument: string; readonly help: string; readonly find: FindPausable },
): void {
  const noun = argument.slice(1, -1)
  withPausing(parent)
    .description(`pause one ${noun}: nothing of it starts; what is under way goes on`)
    .argument(argument, help)
    .action(async (given: string, options: PauseOptions) => pauseNamed(context, given, options, find))

  withResuming(parent)
    .description(`end the pause of one ${noun}; the next slot makes good`)
    .argument(argument, help)
    .action(async (given: string, options: ResumeOptions) => resumeNamed(context, given, options, find))
}

const withPausing = (parent: Command): Command =>
  withJson(parent.command('pause'))
    .requiredOption('--reason <text>', 'why, for those who wonder later')
    .option('--until <instant>', 'when it ends by itself: 4h, "tomorrow 06:00", "2026-11-23 06:00"')

const withResuming = (parent: Command): Command =>
  withJson(parent.command('resume')).option('--reason <text>', 'why, for those who wonder later')

async function pauseNamed(
  context: CommandContext,
  given: string,
  { reason, until, json }: PauseOptions,
  find: FindPausable,
): Promise<void> {
  await using ledger = await context.openLedger()
  await using tools = new CommandTools(ledger, context.signal)
  const { target, timezone } = await find(ledger, given)
  const end =
    until === undefined ? {} : { until: typedUntil(until, timezone, await postgresTime(ledger.database)) }
  const paused = await pause(tools, target, { by: context.by, reason, ...end })
  if (json) return showJson(context, paused)
  context.print(`${pauseInWords(paused)}; \`syncfleet ${resumeCommand(paused)}\` ends it`)
}

async function resumeNamed(
  context: CommandContext,
  given: string,
  { reason, json }: ResumeOptions,
  find: FindPausable,
): Promise<void> {
  await using ledger = await context.openLedger()
  await using tools = new CommandTools(ledger, context.signal)
  const { target } = await find(ledger, given)
  const why = reason === undefined ? {} : { reason }
  const ended = await resume(tools, target, { by: context.by, ...why })
  if (json) return showJson(context, ended)
  context.print(`${targetInWords(target)} resumed${await stillPaused(ledger.database, target)}`)
}

async function stillPaused(database: Database, target: PauseTarget): Promise<string> {
  const wider = await widerPauses(database, target)
  return wider.length === 0 ? '' : `, but ${wider.map((other) => pauseInWords(other)).join('; ')}`
}

interface ListOptions {
  readonly all?: boolean
  readonly limit: number
}

const columns: readonly Column<Pause>[] = [
  ['paused', (each) => targetInWords(targetOf(each))],
  ['by', ({ pausedBy }) => pausedBy],
  ['since', ({ pausedAt }) => pausedAt],
  ['until', ({ until }) => until ?? 'somebody resumes it'],
  ['ended', ({ endedAt }) => endedAt],
  ['ended by', ({ endedBy }) => endedBy],
  ['reason', ({ reason, endReason }) => (endReason === null ? reason : `${reason}; ${endReason}`)],
]
