import type { Command } from 'commander'
import type { BackfillOrder } from '../../runs/backfills/backfill-work'
import { changeBackfill } from '../../runs/control/change-backfill'
import type { CommandContext } from './context'
import { ledgerId } from './numbers'
import { showJson, withJson, type ShowOptions } from './show'

const orders: readonly (readonly [BackfillOrder, string, string])[] = [
  ['pause', 'end its syncs where they are, and begin none until it is resumed', 'paused'],
  ['resume', 'go on where it was, and read windows again that had failed', 'resumed'],
  ['cancel', 'end it for good; what it has written stays', 'cancelled'],
]

/** `backfill pause|resume|cancel` */
export function addBackfillOrders(backfill: Command, context: CommandContext): void {
  for (const [order, description, done] of orders)
    withJson(backfill.command(order))
      .description(description)
      .argument('<backfill>', 'the id of a backfill', ledgerId)
      .option('--reason <text>', 'why, for those who wonder later')
      .action(async (id: string, _: unknown, command: Command) => {
        // `backfill` itself knows these options, too, and takes them wherever they stand.
        const { reason, json } = command.optsWithGlobals<ShowOptions & { readonly reason?: string }>()
        await using ledger = await context.openLedger()
        const { by } = context
        const state = await changeBackfill(ledger, id, order, {
          by,
          ...(reason === undefined ? {} : { reason }),
        })
        if (json) return showJson(context, { backfill: id, state })
        context.print(`backfill ${id} is ${done}`)
      })
}
