import type { Command } from 'commander'
import type { AccountRow } from '../../ledger/accounts/accounts'
import { accountAccess } from '../../ledger/accounts/account-access'
import type { Database } from '../../ledger/postgres/database'
import { recordCheck } from '../../runs/accounts/check-account'
import type { AccountVerdict } from '../../runs/accounts/check-accounts'
import type { CommandContext } from './context'
import { knownJob } from './known-job'
import { CommandError, UsageError } from './outcome'
import { showJson, withJson, type ShowOptions } from './show'

interface CheckOptions extends ShowOptions {
  readonly job?: string
}

type Find = (database: Database, given: string) => Promise<AccountRow>

/** `accounts check`: asks each vendor whether credential and account work. It parks and un-parks nothing. */
export function addAccountsCheck(accounts: Command, context: CommandContext, find: Find): void {
  withJson(accounts.command('check'))
    .description(
      'ask the vendors whether credentials and accounts work; a cheap call or two for each account',
    )
    .argument('[account...]', 'ids, or names as in acme/ctm/40771; default all enabled accounts')
    .option('--job <id>', 'all enabled accounts of this job')
    .action(async (given: readonly string[], { job, json }: CheckOptions) => {
      if (given.length > 0 && job !== undefined) throw new UsageError('give accounts or --job, not both')
      await using ledger = await context.openLedger()
      const { database, config } = ledger
      const ids = await Promise.all(given.map(async (name) => (await find(database, name)).id))
      const chosen = await accountAccess(database, {
        ...(job === undefined ? {} : { job: knownJob(config, job).id }),
        ...(ids.length === 0 ? {} : { ids }),
      })
      if (chosen.length === 0 && !json) return context.print('none')
      const { checkAtVendors } = await context.load.accountChecks()
      const verdicts: AccountVerdict[] = []
      for await (const verdict of checkAtVendors(config, chosen, context.signal)) {
        await recordCheck(database, context.by, verdict)
        verdicts.push(verdict)
        if (!json) context.print(lineOf(verdict))
      }
      if (json) showJson(context, verdicts)
      const failed = verdicts.filter(({ ok }) => !ok).length
      if (failed > 0) throw new CommandError(`${failed} of ${verdicts.length} accounts need a look`)
    })
}

function lineOf({ client, job, externalId, ok, name, findings }: AccountVerdict): string {
  const said = [ok ? 'ok' : undefined, ...findings].filter((part) => part !== undefined).join('; ')
  return `${client}/${job}/${externalId}${name === undefined ? '' : ` (${name})`}: ${said}`
}
