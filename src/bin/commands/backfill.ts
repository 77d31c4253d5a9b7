import type { Command } from 'commander'
import type { Job } from '../../job/define-job'
import { beginBackfill, type BackfillWish, foreseeBackfill } from '../../runs/control/begin-backfill'
import { accountsNamed } from './accounts-named'
import { CommandTools } from './act-tools'
import { addBackfillOrders } from './backfill-orders'
import { addBackfillViews } from './backfill-views'
import type { CommandContext } from './context'
import { day, windowOf } from './days'
import { knownJob } from './known-job'
import { UsageError } from './outcome'
import { tellBackfill } from './request-run'
import { showJson, withJson, type ShowOptions } from './show'
import { streamsNamed } from './streams-named'

interface BackfillOptions extends ShowOptions {
  readonly from?: string
  readonly to?: string
  readonly accounts?: string
  readonly streams?: string
  readonly reason?: string
  readonly dryRun?: boolean
}

/** `backfill <job>`, and `backfill list|show|pause|resume|cancel` */
export function addBackfill(program: Command, context: CommandContext): void {
  const backfill = withJson(program.command('backfill'))
    .description('read past days of a job again, behind all live work')
    .argument('<job>', 'the id of a job')
    .option('--from <day>', 'the first day, in each account’s zone', day)
    .option('--to <day>', 'the last day', day)
    .option('--accounts <names>', 'only these: client ids, external ids or account ids, with commas between')
    .option('--streams <names>', 'only these streams, with commas between')
    .option('--reason <text>', 'why, for those who wonder later')
    .option('--dry-run', 'only say what it would take')
    .action(async (id: string, options: BackfillOptions) => begin(context, id, options))
  addBackfillViews(backfill, context)
  addBackfillOrders(backfill, context)
}

async function begin(context: CommandContext, id: string, options: BackfillOptions): Promise<void> {
  const { from, to, reason } = options
  if (from === undefined || to === undefined) throw new UsageError('give both --from and --to')
  const days = windowOf(from, to)
  await using ledger = await context.openLedger()
  await using tools = new CommandTools(ledger, context.signal)
  const job = knownJob(ledger.config, id)
  const wish = {
    days,
    ...(options.streams === undefined ? {} : { streams: streamsNamed(job, options.streams) }),
    ...(options.accounts === undefined
      ? {}
      : { accountIds: await accountsNamed(tools.database, job, options.accounts) }),
  }
  if (options.dryRun) return await foretell(context, options, tools, job, wish)
  const why = reason === undefined ? {} : { reason }
  tellBackfill(context, options, await beginBackfill(tools, job, { ...wish, ...why, by: context.by }))
}

async function foretell(
  context: CommandContext,
  options: ShowOptions,
  { database }: CommandTools,
  job: Job,
  wish: BackfillWish,
): Promise<void> {
  const estimate = await foreseeBackfill(database, job, wish)
  const { days, streams = null } = wish
  if (options.json) return showJson(context, { job: job.id, days, streams, ...estimate })
  const { accounts, windows, calls } = estimate
  context.print(
    `${job.id}, ${days.from} to ${days.to}: ${accounts} accounts, ${windows.length} windows each, about ${calls} calls; nothing was begun`,
  )
}
