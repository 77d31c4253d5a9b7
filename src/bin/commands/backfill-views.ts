import type { Command } from 'commander'
import { type BackfillRow, listBackfills } from '../../ledger/backfills/backfills'
import { type WindowRow, windowsToShow } from '../../ledger/backfills/backfill-windows'
import { postgresTime } from '../../ledger/postgres/time'
import { inWords } from '../../lib/durations'
import type { CommandContext } from './context'
import { knownJob } from './known-job'
import { ledgerId, positive } from './numbers'
import { CommandError } from './outcome'
import { showJson, showRows, withJson, type Column, type ShowOptions } from './show'

const columns: readonly Column<BackfillRow>[] = [
  ['backfill', ({ id }) => id],
  ['job', ({ job }) => job],
  ['days', ({ days }) => `${days.from} to ${days.to}`],
  ['state', ({ state }) => state],
  ['accounts', ({ accounts }) => accounts],
  ['windows', ({ windows }) => windows],
  ['done', ({ done }) => done],
  ['failed', ({ failed }) => failed],
  ['rows', ({ rows }) => rows],
  ['asked by', ({ requestedBy }) => requestedBy],
  ['began', ({ startedAt }) => startedAt],
]

const windowColumns: readonly Column<WindowRow>[] = [
  ['client', ({ client }) => client],
  ['account', ({ account }) => account],
  ['days', ({ days }) => `${days.from} to ${days.to}`],
  ['state', ({ state }) => state],
  ['sync', ({ syncId }) => syncId],
  ['reason', ({ reason }) => reason],
]

/** Windows that a person is shown; the rest is counted. */
const shownAtMost = 50

/** `backfill list|show` */
export function addBackfillViews(backfill: Command, context: CommandContext): void {
  withJson(backfill.command('list'))
    .description('backfills, latest first')
    .option('--job <id>', 'only those of this job')
    .option('--limit <count>', 'how many', positive, 20)
    .action(async (_: unknown, command: Command) => {
      // `backfill` itself knows --json, too, and takes it wherever it stands.
      const { job, limit, ...options } = command.optsWithGlobals<
        ShowOptions & { job?: string; limit: number }
      >()
      const asked = job === undefined ? { limit } : { job: knownJob(context.config(), job).id, limit }
      await using ledger = await context.openLedger()
      showRows(context, options, await listBackfills(ledger.database, asked), columns)
    })

  withJson(backfill.command('show'))
    .description('one backfill: how far it is, when it may be done, and what needs a look')
    .argument('<backfill>', 'the id of a backfill', ledgerId)
    .action(async (id: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<ShowOptions>()
      await using ledger = await context.openLedger()
      const { database } = ledger
      const [found] = await listBackfills(database, { id, limit: 1 })
      if (!found) throw new CommandError(`there is no backfill ${id}; see \`syncfleet backfill list\``)
      const now = await postgresTime(database)
      const leftMs = timeLeft(found, now)
      const windowsShown = await windowsToShow(database, id, shownAtMost)
      if (options.json) return showJson(context, { ...found, leftMs: leftMs ?? null, windowsShown })
      for (const line of linesOf(found, leftMs)) context.print(line)
      if (windowsShown.length > 0) showRows(context, {}, windowsShown, windowColumns)
    })
}

/** Milliseconds until it is done, if it goes on as it has; undefined where there is nothing to judge by. */
export function timeLeft(
  { state, startedAt, windows, done, failed }: BackfillRow,
  now: Date,
): number | undefined {
  const ended = done + failed
  if (state !== 'running' || !startedAt || ended === 0) return undefined
  return Math.max(0, Math.round(((now.getTime() - startedAt.getTime()) / ended) * (windows - ended)))
}

function linesOf(backfill: BackfillRow, leftMs: number | undefined): string[] {
  const { id, job, days, state, streams, requestedBy, reason, windows, done, failed, underWay } = backfill
  const share = Math.floor((100 * (done + failed)) / Math.max(1, windows))
  const who = reason === null ? requestedBy : `${requestedBy}: ${reason}`
  return [
    `backfill ${id} of ${job}, ${days.from} to ${days.to}${streams ? ` (${streams.join(', ')})` : ''}: ${state}, asked for by ${who}`,
    `${share} %: ${done} of ${windows} windows done, ${failed} failed, ${underWay} under way; ${backfill.rows} rows changed, about ${backfill.estimatedCalls} calls in all`,
    ...(leftMs === undefined ? [] : [`done in about ${inWords(leftMs)}`]),
    ...(backfill.held > 0
      ? [`${backfill.held} accounts wait: parked, disabled or told to by their vendor`]
      : []),
  ]
}
