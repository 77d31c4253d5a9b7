import type { Command } from 'commander'
import { retrySync } from '../../runs/dead-letters/retry'
import { CommandTools } from './act-tools'
import type { CommandContext } from './context'
import { ledgerId } from './numbers'
import { retryOrderOf, type RetryingOptions, tellRetried, withRetrying } from './retry-dead-letters'
import { withJson } from './show'

/** `syncs retry` */
export function addRetrySync(syncs: Command, context: CommandContext): void {
  withRetrying(withJson(syncs.command('retry')))
    .description('retry one failed sync; it keeps its id, its history and its position')
    .argument('<sync>', 'the id of a failed sync', ledgerId)
    .action(async (id: string, options: RetryingOptions) => {
      await using ledger = await context.openLedger()
      await using tools = new CommandTools(ledger, context.signal)
      tellRetried(context, options, await retrySync(tools, id, retryOrderOf(context, options)))
    })
}
