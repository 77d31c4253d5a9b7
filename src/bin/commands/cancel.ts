import type { Command } from 'commander'
import { type Cancelled, cancelRun, cancelSync, type CancelOrder } from '../../runs/cancel/cancel'
import { cancelToolsOf } from '../../runs/cancel/cancel-tools'
import { CommandTools } from './act-tools'
import type { CommandContext } from './context'
import { ledgerId } from './numbers'
import { CommandError } from './outcome'
import { showJson, withJson, type ShowOptions } from './show'

interface CancelOptions extends ShowOptions {
  readonly reason?: string
}

/** `runs cancel` */
export function addCancelRun(runs: Command, context: CommandContext): void {
  withCancelling(
    runs,
    'end a run: its syncs stop where they are, within seconds; what they have written stays',
  )
    .argument('<run>', 'the id of a run', ledgerId)
    .action(async (id: string, options: CancelOptions) => {
      await using ledger = await context.openLedger()
      await using tools = new CommandTools(ledger, context.signal)
      const over = await cancelRun(ledger.database, id, orderOf(context, options), cancelToolsOf(tools))
      if (options.json) showJson(context, { run: id, ...over })
      else context.print(`run ${id} ${over.state}: ${countsOf(over)}${hintOf(over)}`)
      complainOf(`run ${id}`, over)
    })
}

/** `syncs cancel` */
export function addCancelSync(syncs: Command, context: CommandContext): void {
  withCancelling(syncs, 'end one sync where it is; the others of its run go on')
    .argument('<sync>', 'the id of a sync', ledgerId)
    .action(async (id: string, options: CancelOptions) => {
      await using ledger = await context.openLedger()
      await using tools = new CommandTools(ledger, context.signal)
      const over = await cancelSync(ledger.database, id, orderOf(context, options), cancelToolsOf(tools))
      if (options.json) showJson(context, { sync: id, ...over })
      else if (over.endedThemselves > 0) context.print(`sync ${id} was over first: ${over.state}`)
      else if (over.left === 0)
        context.print(`sync ${id} cancelled; what it has written stays${hintOf(over)}`)
      complainOf(`sync ${id}`, over)
    })
}

const withCancelling = (parent: Command, description: string): Command =>
  withJson(parent.command('cancel'))
    .description(description)
    .option('--reason <text>', 'why, for those who wonder later')

const orderOf = (context: CommandContext, { reason }: CancelOptions): CancelOrder => ({
  ...context.by,
  ...(reason === undefined ? {} : { reason }),
})

function countsOf({ ended, overBefore, endedThemselves }: Cancelled): string {
  return [
    `${inPlural(ended, 'sync')} ended`,
    ...(overBefore > 0 ? [`${overBefore} were over before`] : []),
    ...(endedThemselves > 0 ? [`${endedThemselves} ended by themselves`] : []),
  ].join(', ')
}

const hintOf = ({ isBackfill }: Cancelled): string =>
  isBackfill ? '; its backfill reads these days again, until `syncfleet backfill cancel` ends that, too' : ''

const inPlural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/** It is written down, so it will be over. */
function complainOf(what: string, { left }: Cancelled): void {
  if (left > 0)
    throw new CommandError(
      `${what}: ${inPlural(left, 'sync')} not over yet; the scheduler goes on ending them, \`syncfleet runs show\` tells how far it is`,
    )
}
