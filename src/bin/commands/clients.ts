import type { Command } from 'commander'
import { findClient, listClients, type ClientRow } from '../../ledger/accounts/clients'
import { importClients } from '../../ledger/accounts/imports/clients'
import type { CommandContext } from './context'
import { runImport } from './import-command'
import { addPausing } from './pauses'
import { showRows, withJson, type Column, type ShowOptions } from './show'

const columns: readonly Column<ClientRow>[] = [
  ['id', ({ id }) => id],
  ['name', ({ name }) => name],
  ['time zone', ({ timezone }) => timezone],
  ['owner', ({ ownerEmail }) => ownerEmail],
  ['accounts', ({ accounts }) => accounts],
]

/** `clients import|list|pause|resume` */
export function addClients(program: Command, context: CommandContext): void {
  const clients = program.command('clients').description('the dealerships that are synced')

  withJson(clients.command('import'))
    .description('add and change clients from a file; importing it again changes nothing')
    .argument('<file>', '.csv or .json with the columns id, name, timezone, owner_email (optional)')
    .action(async (file: string, options: ShowOptions) => {
      await using ledger = await context.openLedger()
      await runImport(context, options, file, async (given) =>
        importClients(ledger.database, given, context.by),
      )
    })

  withJson(clients.command('list'))
    .description('all clients')
    .action(async (options: ShowOptions) => {
      await using ledger = await context.openLedger()
      showRows(context, options, await listClients(ledger.database), columns)
    })

  addPausing(clients, context, {
    argument: '<client>',
    help: 'a client id, as in `clients list`',
    find: async ({ database }, id) => {
      const client = await findClient(database, id)
      return { target: { scope: 'client', id }, timezone: client?.timezone ?? 'UTC' }
    },
  })
}
