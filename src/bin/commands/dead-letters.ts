import type { Command } from 'commander'
import {
  type DeadLetter,
  type DeadLetterGroup,
  deadLetterGroups,
  type DeadLetterQuery,
  listDeadLetters,
} from '../../ledger/work/dead-letters'
import { signatureOf } from '../../lib/error-signature'
import type { CommandContext } from './context'
import { addDeadLetterActs } from './dead-letter-acts'
import { expectKnown } from './dead-letters-named'
import { knownJob } from './known-job'
import { positive } from './numbers'
import { showJson, showRows, withJson, type Column, type ShowOptions } from './show'

const groupColumns: readonly Column<DeadLetterGroup>[] = [
  ['signature', ({ signature }) => signature],
  ['job', ({ job }) => job],
  ['syncs', ({ syncs }) => syncs],
  ['accounts', ({ accounts }) => accounts],
  ['overtaken', ({ overtaken }) => overtaken],
  ['first seen', ({ firstSeen }) => firstSeen],
  ['since build', ({ firstBuild }) => firstBuild],
  ['last seen', ({ lastSeen }) => lastSeen],
  ['error', (group) => `${group.errorCode}: ${patternOf(group)}`],
]

const columns: readonly Column<DeadLetter>[] = [
  ['sync', ({ syncId }) => syncId],
  ['run', ({ runId }) => runId],
  ['client', ({ client }) => client],
  ['account', ({ account }) => account],
  ['failed', ({ settledAt }) => settledAt],
  ['attempts', ({ attempts }) => attempts],
  ['pages', ({ pages }) => pages],
  ['message', (letter) => [letter.message, ...remarksOn(letter)].join('; ')],
]

function* remarksOn({ mode, lane, overtaken, discardedBy, discardReason }: DeadLetter): Generator<string> {
  if (mode === 'shadow') yield 'in shadow'
  if (lane === 'backfill') yield 'of a backfill'
  if (overtaken) yield 'overtaken: what it lacked was fetched since'
  if (discardedBy !== null) yield `discarded by ${discardedBy}: ${discardReason}`
}

interface LookOptions extends ShowOptions {
  readonly job?: string
  readonly discarded?: boolean
}

/** `dead-letters list|show|retry|discard` */
export function addDeadLetters(program: Command, context: CommandContext): void {
  const deadLetters = program
    .command('dead-letters')
    .description('failed syncs by what went wrong: look at them, retry them, discard them')

  withLook(deadLetters.command('list'))
    .description('kinds of errors with their dead letters, those met last first')
    .action(async (options: LookOptions) => {
      const query = queryOf(context, options)
      await using ledger = await context.openLedger()
      showRows(context, options, await deadLetterGroups(ledger.database, query), groupColumns)
    })

  withLook(deadLetters.command('show'))
    .description('the dead letters of one signature, latest first')
    .argument('<signature>', 'a signature, as in `dead-letters list`')
    .option('--limit <count>', 'how many', positive, 50)
    .action(async (signature: string, options: LookOptions & { readonly limit: number }) => {
      const query = { ...queryOf(context, options), signature }
      await using ledger = await context.openLedger()
      await expectKnown(ledger.database, query)
      const groups = await deadLetterGroups(ledger.database, query)
      const letters = await listDeadLetters(ledger.database, { ...query, limit: options.limit })
      if (options.json) return showJson(context, { groups, deadLetters: letters })
      for (const group of groups) for (const line of linesOf(group)) context.print(line)
      showRows(context, options, letters, columns)
      const more = groups.reduce((sum, { syncs }) => sum + syncs, 0) - letters.length
      if (more > 0) context.print(`and ${more} more: see --limit`)
    })

  addDeadLetterActs(deadLetters, context)
}

const withLook = (command: Command): Command =>
  withJson(command)
    .option('--job <id>', 'only those of this job')
    .option('--discarded', 'those that were discarded instead')

const queryOf = (context: CommandContext, { job, discarded = false }: LookOptions): DeadLetterQuery =>
  job === undefined ? { discarded } : { discarded, job: knownJob(context.config(), job).id }

const patternOf = ({ errorClass, errorCode, message }: DeadLetterGroup): string =>
  signatureOf({ errorClass: errorClass ?? '', code: errorCode, message: message ?? '' }).pattern

const linesOf = (group: DeadLetterGroup): string[] => [
  `${group.signature} of ${group.job}: ${group.errorCode}: ${patternOf(group)}`,
  `dead letters ${group.syncs}, of ${group.accounts} accounts${group.overtaken > 0 ? `; ${group.overtaken} of them are overtaken` : ''}`,
  `first seen   ${group.firstSeen.toISOString()}, build ${group.firstBuild ?? 'unknown'}`,
  `last seen    ${group.lastSeen.toISOString()}, build ${group.lastBuild ?? 'unknown'}`,
]
