import type { Command } from 'commander'
import { importDemoClients, isForDemo } from '../../processes/demo-clients'
import type { CommandContext } from './context'
import { CommandError } from './outcome'
import { showJson, withJson, type ShowOptions } from './show'

/** `demo seed` */
export function addDemo(program: Command, context: CommandContext): void {
  const demo = program.command('demo').description('the made-up clients of the sandbox')

  withJson(demo.command('seed'))
    .description(
      'put in the demo clients, or their accounts of jobs that have none; a ledger with other clients stays as it is',
    )
    .action(async (options: ShowOptions) => {
      await using ledger = await context.openLedger()
      const { database, config } = ledger
      if (config.environment === 'production' || config.environment === 'staging')
        throw new CommandError(`demo clients do not go into the ledger of ${config.environment}`)
      const seeded = (await isForDemo(database)) ? await importDemoClients(database, config, context.by) : 0
      if (options.json) return showJson(context, { seeded })
      context.print(
        seeded === 0
          ? 'this ledger has clients already'
          : `${seeded} demo clients are in, with their accounts`,
      )
    })
}
