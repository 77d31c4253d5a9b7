import type { Command } from 'commander'
import { listClients } from '../../ledger/clients'
import { importDemoClients } from '../../processes/demo-clients'
import type { CommandContext } from './context'
import { CommandError } from './outcome'
import { showJson, withJson, type ShowOptions } from './show'

/** `demo seed` */
export function addDemo(program: Command, context: CommandContext): void {
  const demo = program.command('demo').description('the made-up clients of the sandbox')

  withJson(demo.command('seed'))
    .description('put the demo clients into a ledger that has none; anywhere else, nothing changes')
    .action(async (options: ShowOptions) => {
      await using ledger = await context.openLedger()
      const { database, config } = ledger
      if (config.environment === 'production' || config.environment === 'staging')
        throw new CommandError(`demo clients do not go into the ledger of ${config.environment}`)
      // A seeding that was cut off goes on: accounts come last.
      const clients = await listClients(database)
      const isSeeded = clients.some(({ accounts }) => accounts > 0)
      const seeded = isSeeded ? 0 : await importDemoClients(database, config, context.by)
      if (options.json) return showJson(context, { seeded })
      context.print(
        isSeeded ? 'this ledger has clients already' : `${seeded} demo clients are in, with their accounts`,
      )
    })
}
