import type { Command } from 'commander'
import { listSlots, type Slot } from '../../ledger/slots'
import type { CommandContext } from './context'
import { knownJob } from './known-job'
import { positive } from './numbers'
import { showRows, withJson, type Column, type ShowOptions } from './show'

const columns: readonly Column<Slot>[] = [
  ['due', ({ dueAt }) => dueAt],
  ['outcome', ({ state }) => state],
  ['run', ({ runId }) => runId],
  ['reason', ({ reason }) => reason],
]

/** `slots` */
export function addSlots(program: Command, context: CommandContext): void {
  withJson(program.command('slots'))
    .description('what became of each due instant of a job, latest first')
    .argument('<job>', 'a job id, as in `jobs list`')
    .option('--limit <count>', 'how many', positive, 20)
    .action(async (id: string, options: ShowOptions & { readonly limit: number }) => {
      const job = knownJob(context.config(), id)
      await using ledger = await context.openLedger()
      showRows(
        context,
        options,
        await listSlots(ledger.database, { job: job.id, limit: options.limit }),
        columns,
      )
    })
}
