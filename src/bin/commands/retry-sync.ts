import type { Command } from 'commander'
import { findSync } from '../../ledger/work/syncs'
import type { CommandContext } from './context'
import { ledgerId } from './numbers'
import { CommandError } from './outcome'
import { retryChosen, type RetryingOptions, withRetrying } from './retry-dead-letters'
import { withJson } from './show'

/** `syncs retry` */
export function addRetrySync(syncs: Command, context: CommandContext): void {
  withRetrying(withJson(syncs.command('retry')))
    .description('retry one failed sync; it keeps its id, its history and its position')
    .argument('<sync>', 'the id of a failed sync', ledgerId)
    .action(async (id: string, options: RetryingOptions) => {
      await using ledger = await context.openLedger()
      const sync = await findSync(ledger.database, id)
      if (!sync) throw new CommandError(`there is no sync ${id}; see \`syncfleet dead-letters list\``)
      if (sync.state !== 'failed')
        throw new CommandError(`sync ${id} is ${sync.state}: only a failed one can be retried`)
      await retryChosen(context, ledger, { syncIds: [id] }, options)
    })
}
