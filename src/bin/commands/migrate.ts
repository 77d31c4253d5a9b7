import type { Command } from 'commander'
import { migrate } from '../../ledger/migrate'
import type { CommandContext } from './context'
import { showJson, withJson, type ShowOptions } from './show'

/** `migrate` */
export function addMigrate(program: Command, context: CommandContext): void {
  withJson(program.command('migrate'))
    .description(
      'bring the schema up to date; safe to repeat, from many places at once, and while the fleet runs',
    )
    .action(async (options: ShowOptions) => {
      await using ledger = await context.openLedger('connection')
      const { applied } = await migrate(ledger.database, context.createDestinations)
      const { schema } = ledger.database
      if (options.json) return showJson(context, { schema, applied })
      context.print(
        applied.length === 0 ? `schema ${schema} is up to date` : `schema ${schema}: ${applied.join(', ')}`,
      )
    })
}
