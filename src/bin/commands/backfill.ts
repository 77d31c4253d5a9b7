import type { Command } from 'commander'
import { estimateBackfill } from '../../runs/backfills/backfill-windows'
import { requestBackfill } from '../../runs/backfills/backfill-work'
import { JobOffError } from '../../runs/slots/plan-run'
import { recordAct } from '../../ledger/audit'
import { accountAccess } from '../../ledger/accounts/account-access'
import { addDays } from '../../lib/local-days'
import { accountsNamed } from './accounts-named'
import { addBackfillOrders } from './backfill-orders'
import { addBackfillViews } from './backfill-views'
import type { CommandContext } from './context'
import { day, windowOf } from './days'
import { knownJob } from './known-job'
import { CommandError, UsageError } from './outcome'
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
  const { from, to } = options
  if (from === undefined || to === undefined) throw new UsageError('give both --from and --to')
  const days = windowOf(from, to)
  // Somewhere on earth it is tomorrow already.
  const tomorrow = addDays(new Date().toISOString().slice(0, 10), 1)
  if (days.to > tomorrow) throw new UsageError(`--to ${days.to} is in the future`)
  await using ledger = await context.openLedger()
  const { database, config } = ledger
  const job = knownJob(config, id)
  const streams = options.streams === undefined ? null : streamsNamed(job, options.streams)
  const accountIds =
    options.accounts === undefined
      ? (await accountAccess(database, { job: job.id })).map((account) => account.id)
      : await accountsNamed(database, job, options.accounts)
  const estimate = estimateBackfill(job, days, accountIds.length)
  if (accountIds.length === 0) throw new CommandError(`${job.id} has no enabled account`)
  const { calls, windows } = estimate
  const inWords = `${accountIds.length} accounts, ${windows.length} windows each, about ${calls} calls`
  if (options.dryRun) {
    if (options.json) return showJson(context, { job: job.id, days, streams, ...estimate })
    return context.print(`${job.id}, ${days.from} to ${days.to}: ${inWords}; nothing was begun`)
  }
  if (job.effective.mode === 'off') throw new JobOffError(job)
  const why = options.reason === undefined ? {} : { reason: options.reason }
  const backfillId = await database.transaction(async (sql) => {
    const requestedBy = context.by.actor
    const made = await requestBackfill(sql, job, { days, streams, accountIds, requestedBy, ...why })
    await recordAct(sql, {
      ...context.by,
      ...why,
      action: 'backfill',
      subject: `job ${job.id}`,
      after: { backfill: made, days, streams: streams ?? 'all', accounts: options.accounts ?? 'all', calls },
      outcome: 'done',
    })
    return made
  })
  if (options.json)
    return showJson(context, { backfill: backfillId, job: job.id, days, streams, ...estimate })
  context.print(
    `backfill ${backfillId} of ${job.id} is planned: ${inWords}; \`syncfleet backfill show ${backfillId}\` tells how it gets on`,
  )
}
