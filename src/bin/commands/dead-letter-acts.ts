import { type Command, Option } from 'commander'
import { toldQueues } from '../../runs/control/act-tools'
import { discardDeadLetters } from '../../runs/dead-letters/dead-letters'
import { retryChosen } from '../../runs/dead-letters/retry'
import { CommandTools } from './act-tools'
import type { CommandContext } from './context'
import { deadLettersNamed, type NamedDeadLetters } from './dead-letters-named'
import { CommandError } from './outcome'
import { rate, retryOrderOf, type RetryingOptions, tellRetried, withRetrying } from './retry-dead-letters'
import { showJson, withJson, type ShowOptions } from './show'

const withNames = (command: Command): Command =>
  withJson(command)
    .argument('[signature]', 'a signature, as in `dead-letters list`')
    .option('--job <id>', 'only those of this job')
    .option('--syncs <ids>', 'only these syncs, with commas between; discarded ones, too')
    .option('--all', 'every dead letter')

/** `dead-letters retry|discard` */
export function addDeadLetterActs(deadLetters: Command, context: CommandContext): void {
  withRetrying(withNames(deadLetters.command('retry')))
    .description('retry dead letters, the latest of each account: one, a group, those of a job, or all')
    .addOption(
      new Option('--rate <count/unit>', 'start no more than so many: 10/min, 1/s, 100/h').argParser(rate),
    )
    .action(async (signature: string | undefined, options: NamedDeadLetters & RetryingOptions) => {
      await using ledger = await context.openLedger()
      await using tools = new CommandTools(ledger, context.signal)
      const choice = await deadLettersNamed(context, ledger, signature, options)
      tellRetried(context, options, await retryChosen(tools, choice, retryOrderOf(context, options)))
    })

  withNames(deadLetters.command('discard'))
    .description('set dead letters aside that nobody is going to retry')
    .requiredOption('--reason <text>', 'why, for those who wonder later')
    .action(
      async (
        signature: string | undefined,
        { reason, ...options }: NamedDeadLetters & ShowOptions & { readonly reason: string },
      ) => {
        await using ledger = await context.openLedger()
        await using tools = new CommandTools(ledger, context.signal)
        const choice = await deadLettersNamed(context, ledger, signature, options)
        const discarded = await discardDeadLetters(ledger.database, choice, { by: context.by, reason })
        const isTold =
          discarded.length === 0 ||
          (await toldQueues(tools, async ({ syncJobs }) => syncJobs.remove(discarded)))
        if (!isTold)
          throw new CommandError(
            `${discarded.length} discarded, but Redis cannot be reached: Bull Board shows them until they expire`,
          )
        if (options.json) return showJson(context, { discarded: discarded.map(({ syncId }) => syncId) })
        context.print(
          discarded.length === 0
            ? 'no dead letters: nothing to discard'
            : `${discarded.length} discarded; \`syncfleet dead-letters list --discarded\` still shows them`,
        )
      },
    )
}
