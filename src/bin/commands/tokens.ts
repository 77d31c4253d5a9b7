import { Option, type Command } from 'commander'
import { listTokens, type ApiToken } from '../../ledger/api-tokens'
import { postgresTime } from '../../ledger/postgres/time'
import { roles, type Role } from '../../ledger/users'
import { days } from '../../lib/durations'
import { createToken, longestTokenDays, revokeToken } from '../../runs/control/tokens'
import type { CommandContext } from './context'
import { positive } from './numbers'
import { showJson, showRows, withJson, type Column, type ShowOptions } from './show'

const columns: readonly Column<ApiToken>[] = [
  ['name', ({ name }) => name],
  ['role', ({ role }) => role],
  ['created', ({ createdAt }) => createdAt],
  ['by', ({ createdBy }) => createdBy],
  ['ends', ({ expiresAt }) => expiresAt],
  ['used', ({ lastUsedAt }) => lastUsedAt],
  ['state', ({ state, revokedBy }) => (state === 'revoked' ? `revoked by ${revokedBy}` : state)],
]

interface CreateOptions extends ShowOptions {
  readonly role: Role
  readonly days: number
}

/** `tokens list|create|revoke` */
export function addTokens(program: Command, context: CommandContext): void {
  const tokens = program.command('tokens').description('what lets programs in at the API')

  withJson(tokens.command('list'))
    .description('the tokens that let somebody in, without their texts')
    .option('--all', 'also those that have expired or were revoked')
    .action(async ({ all = false, ...options }: ShowOptions & { readonly all?: boolean }) => {
      await using ledger = await context.openLedger()
      showRows(context, options, await listTokens(ledger.database, { all }), columns)
    })

  withJson(tokens.command('create'))
    .description('create a token and print its text, which is not shown again')
    .argument('<name>', 'of the program that will use it')
    .addOption(new Option('--role <role>', 'what it may do').choices(roles).makeOptionMandatory())
    .requiredOption('--days <count>', `for how many days it is valid: ${longestTokenDays} at most`, positive)
    .action(async (name: string, { role, days: count, ...options }: CreateOptions) => {
      await using ledger = await context.openLedger()
      const until = new Date((await postgresTime(ledger.database)).getTime() + days(count))
      const { token, expiresAt } = await createToken(ledger, { name, role, until }, context.by)
      if (options.json) return showJson(context, { name, role, token, expiresAt })
      context.print(token)
    })

  withJson(tokens.command('revoke'))
    .description('revoke a token: whatever uses it is refused from then on')
    .argument('<name>', 'as in `tokens list`')
    .action(async (name: string, options: ShowOptions) => {
      await using ledger = await context.openLedger()
      const revoked = await revokeToken(ledger, name, context.by)
      if (options.json) return showJson(context, revoked)
      context.print(`${name} lets nobody in any more`)
    })
}
