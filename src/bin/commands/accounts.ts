import type { Command } from 'commander'
import { jobs } from '../../../jobs'
import { findAccount, findAccountNamed, listAccounts, type AccountRow } from '../../ledger/accounts/accounts'
import type { Database } from '../../ledger/postgres/database'
import { importAccounts } from '../../ledger/accounts/imports/accounts'
import { streamStates } from '../../ledger/streams/stream-states'
import { addAccountActs } from './account-acts'
import { addAccountsCheck } from './check-accounts'
import type { CommandContext } from './context'
import { runImport } from './import-command'
import { CommandError, UsageError } from './outcome'
import { addPausing } from './pauses'
import { showJson, showRows, withJson, type Column, type ShowOptions } from './show'

const stateOf = ({ enabled, paused, parkedReason, notBefore, breaker }: AccountRow): string => {
  if (!enabled) return 'disabled'
  if (paused !== null) return paused
  if (parkedReason !== null) return `parked: ${parkedReason}`
  if (notBefore && notBefore > new Date()) return `waits until ${notBefore.toISOString()}`
  return breaker ?? 'enabled'
}

const columns: readonly Column<AccountRow>[] = [
  ['id', ({ id }) => id],
  ['client', ({ client }) => client],
  ['job', ({ job }) => job],
  ['external id', ({ externalId }) => externalId],
  ['credential', ({ credential }) => credential],
  ['time zone', ({ timezone }) => timezone],
  ['last ok', ({ lastOkAt }) => lastOkAt],
  ['state', stateOf],
]

interface ListOptions extends ShowOptions {
  readonly job?: string
  readonly client?: string
}

/** `accounts import|list|show|check|pause|resume`, and what is done to one account */
export function addAccounts(program: Command, context: CommandContext): void {
  const accounts = program.command('accounts').description('the clients’ connections to the jobs’ vendors')

  withJson(accounts.command('import'))
    .description('add and change accounts from a file; what changes is un-parked')
    .argument(
      '<file>',
      '.csv or .json with the columns client, job, external_id, credential, and optionally timezone, enabled, settings (JSON)',
    )
    .action(async (file: string, options: ShowOptions) => {
      await using ledger = await context.openLedger()
      const { database } = ledger
      await runImport(context, options, file, async (given) =>
        importAccounts(database, given, context.by, jobs),
      )
    })

  withJson(accounts.command('list'))
    .description('all accounts, or those of one job or client')
    .option('--job <id>', 'only accounts of this job')
    .option('--client <id>', 'only accounts of this client')
    .action(async ({ json, ...query }: ListOptions) => {
      if (query.job !== undefined && !jobs.some(({ id }) => id === query.job))
        throw new UsageError(
          `--job: expected one of ${jobs.map(({ id }) => id).join(', ')}, got "${query.job}"`,
        )
      await using ledger = await context.openLedger()
      showRows(context, json ? { json } : {}, await listAccounts(ledger.database, query), columns)
    })

  withJson(accounts.command('show'))
    .description('one account, and how far its streams are')
    .argument('<account>', 'its id, or its name as in acme/ctm/40771')
    .action(async (given: string, options: ShowOptions) => {
      await using ledger = await context.openLedger()
      const account = await find(ledger.database, given)
      const streams = {
        live: await streamStates(ledger.database, account.id, 'live'),
        shadow: await streamStates(ledger.database, account.id, 'shadow'),
      }
      if (options.json) return showJson(context, { ...account, streams })
      showRows(context, options, [account], columns)
      context.print(`settings  ${JSON.stringify(account.settings)}`)
      for (const [mode, states] of Object.entries(streams))
        for (const { stream, cursor, position } of states)
          context.print(
            `${mode}  ${stream}  cursor ${JSON.stringify(cursor)}  position ${JSON.stringify(position)}`,
          )
    })

  addAccountsCheck(accounts, context, find)
  addAccountActs(accounts, context, find)
  addPausing(accounts, context, {
    argument: '<account>',
    help: 'its id, or its name as in acme/ctm/40771',
    find: async ({ database }, given) => {
      const { id, timezone } = await find(database, given)
      return { target: { scope: 'account', id }, timezone }
    },
  })
}

async function find(database: Database, given: string): Promise<AccountRow> {
  const [, client, job, externalId] = /^([^/]+)\/([^/]+)\/(.+)$/.exec(given) ?? []
  const isName = client !== undefined && job !== undefined && externalId !== undefined
  if (!isName && !/^\d{1,18}$/.test(given))
    throw new UsageError(`expected an account's id, or its name as in acme/ctm/40771, got "${given}"`)
  const account = await (isName
    ? findAccountNamed(database, { client, job, externalId })
    : findAccount(database, given))
  if (!account) throw new CommandError(`there is no account ${given}; \`syncfleet accounts list\` shows all`)
  return account
}
