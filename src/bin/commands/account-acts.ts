import type { Command } from 'commander'
import type { AccountRow } from '../../ledger/accounts/accounts'
import type { Database } from '../../ledger/postgres/database'
import type { Job } from '../../job/define-job'
import { breakLease } from '../../runs/control/break-lease'
import { rereadAccount } from '../../runs/control/reread-account'
import { resyncAccount } from '../../runs/control/resync-account'
import { CommandTools } from './act-tools'
import type { CommandContext } from './context'
import { knownJob } from './known-job'
import { positive } from './numbers'
import { complainOf, tellBackfill } from './request-run'
import { showJson, withJson, type ShowOptions } from './show'
import { streamsNamed } from './streams-named'

type Find = (database: Database, given: string) => Promise<AccountRow>

interface ActOptions extends ShowOptions {
  readonly reason?: string
  readonly streams?: string
}

/** `accounts resync|reread|break-lease` */
export function addAccountActs(accounts: Command, context: CommandContext, find: Find): void {
  const onAccount = (name: string): Command =>
    withJson(accounts.command(name)).argument('<account>', 'its id, or its name as in acme/ctm/40771')

  /** Opens what an act needs, and does it. */
  const act = async (
    given: string,
    work: (tools: CommandTools, job: Job, account: AccountRow) => Promise<void>,
  ): Promise<void> => {
    await using ledger = await context.openLedger()
    await using tools = new CommandTools(ledger, context.signal)
    const account = await find(ledger.database, given)
    await work(tools, knownJob(ledger.config, account.job), account)
  }

  withStreams(onAccount('resync'))
    .description('read all that the vendor offers again, from the beginning; rows stay in place meanwhile')
    .requiredOption('--reason <text>', 'why, for those who wonder later')
    .action(async (given: string, options: ActOptions & { readonly reason: string }) =>
      act(given, async (tools, job, { id }) => {
        const order = { by: context.by, reason: options.reason, ...streamsOf(job, options) }
        const { run, queued } = await resyncAccount(tools, job, id, order)
        if (!queued) complainOf(run)
        if (options.json) return showJson(context, run)
        context.print(
          `account ${id} is read anew in run ${run.id}; \`syncfleet runs show ${run.id}\` tells how it gets on`,
        )
      }),
    )

  withStreams(onAccount('reread'))
    .description('read the last days of one account again, behind all live work')
    .requiredOption('--days <count>', 'how many, today included', positive)
    .option('--reason <text>', 'why, for those who wonder later')
    .action(async (given: string, { days, reason, ...options }: ActOptions & { readonly days: number }) =>
      act(given, async (tools, job, { id }) => {
        const why = reason === undefined ? {} : { reason }
        const order = { by: context.by, days, ...why, ...streamsOf(job, options) }
        tellBackfill(context, options, await rereadAccount(tools, job, id, order))
      }),
    )

  onAccount('break-lease')
    .description('take an account from the attempt that works on it; its sync goes on with another one')
    .requiredOption('--reason <text>', 'why, for those who wonder later')
    .action(async (given: string, { reason, json }: ShowOptions & { readonly reason: string }) =>
      act(given, async (tools, _job, { id }) => {
        const { syncId } = await breakLease(tools, id, { by: context.by, reason })
        if (json) return showJson(context, { account: id, sync: syncId })
        context.print(
          `account ${id} is taken from the attempt at sync ${syncId}, which goes on with another one; \`syncfleet syncs show ${syncId}\` tells how`,
        )
      }),
    )
}

const withStreams = (command: Command): Command =>
  command.option('--streams <names>', 'only these streams, with commas between')

const streamsOf = (job: Job, { streams }: ActOptions): { streams?: string[] } =>
  streams === undefined ? {} : { streams: streamsNamed(job, streams) }
