import type { Command } from 'commander'
import { listRuns, type RunTotals } from '../../ledger/work/runs'
import { type RunSync, syncsOfRun } from '../../ledger/work/run-syncs'
import { inWords } from '../../lib/durations'
import { addCancelRun } from './cancel'
import type { CommandContext } from './context'
import { knownJob } from './known-job'
import { ledgerId, positive } from './numbers'
import { CommandError } from './outcome'
import { showJson, showRows, withJson, type Column, type ShowOptions } from './show'
import { whyOfSync } from '../../runs/history/why-of-sync'

const durationOf = ({
  startedAt,
  settledAt,
}: {
  readonly startedAt: Date | null
  readonly settledAt: Date | null
}) => (startedAt && settledAt ? inWords(settledAt.getTime() - startedAt.getTime()) : undefined)

const runColumns: readonly Column<RunTotals>[] = [
  ['run', ({ id }) => id],
  ['job', ({ job }) => job],
  ['kind', ({ kind }) => kind],
  ['state', ({ state }) => state],
  ['started', ({ startedAt }) => startedAt],
  ['took', durationOf],
  ['syncs', ({ syncs }) => syncs],
  ['ok', ({ ok }) => ok],
  ['partial', ({ partial }) => partial],
  ['failed', ({ failed }) => failed],
  ['deferred', ({ deferred }) => deferred],
  ['skipped', ({ skipped }) => skipped],
  ['cancelled', ({ cancelled, superseded }) => cancelled + superseded],
  ['open', ({ open }) => open],
  ['rows', ({ rows }) => rows],
  ['rejected', ({ rejected }) => rejected],
]

const syncColumns: readonly Column<RunSync>[] = [
  ['sync', ({ id }) => id],
  ['client', ({ client }) => client],
  ['account', ({ account }) => account],
  ['state', ({ state }) => state],
  ['took', durationOf],
  ['attempts', ({ attempts }) => attempts],
  ['read', ({ read }) => read],
  ['new', ({ inserted }) => inserted],
  ['changed', ({ updated }) => updated],
  ['removed', ({ removed }) => removed],
  ['rejected', ({ rejected }) => rejected],
  ['reason', whyOfSync],
]

interface ListOptions extends ShowOptions {
  readonly job?: string
  readonly limit: number
}

/** `runs list|show|cancel` */
export function addRuns(program: Command, context: CommandContext): void {
  const runs = program.command('runs').description('what ran, when, and with what outcome')

  withJson(runs.command('list'))
    .description('runs, latest first')
    .option('--job <id>', 'only runs of this job')
    .option('--limit <count>', 'how many', positive, 20)
    .action(async ({ job, limit, ...options }: ListOptions) => {
      const asked = job === undefined ? { limit } : { job: knownJob(context.config(), job).id, limit }
      await using ledger = await context.openLedger()
      showRows(context, options, await listRuns(ledger.database, asked), runColumns)
    })

  withJson(runs.command('show'))
    .description('one run with its syncs, those that need a look first')
    .argument('<run>', 'the id of a run', ledgerId)
    .action(async (id: string, options: ShowOptions) => {
      await using ledger = await context.openLedger()
      const [run] = await listRuns(ledger.database, { id, limit: 1 })
      if (!run) throw new CommandError(`there is no run ${id}; see \`syncfleet runs list\``)
      const syncs = await syncsOfRun(ledger.database, id)
      if (options.json) return showJson(context, { ...run, syncs })
      context.print(headOf(run))
      showRows(context, options, syncs, syncColumns)
    })

  addCancelRun(runs, context)
}

function headOf(run: RunTotals): string {
  const why = [
    run.dueAt && `due ${run.dueAt.toISOString()}`,
    run.requestedBy !== null && `asked for by ${run.requestedBy}`,
    run.reason,
    run.cancelledBy !== null && `cancelled by ${run.cancelledBy}: ${run.cancelReason}`,
  ].filter(Boolean)
  return `run ${run.id} of ${run.job}: ${run.state}, ${run.kind}${why.length > 0 ? ` (${why.join(', ')})` : ''}, ${run.mode}`
}
