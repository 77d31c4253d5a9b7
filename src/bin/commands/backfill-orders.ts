import type { Command } from 'commander'
import { recordAct } from '../../ledger/audit'
import { type BackfillOrder, orderBackfill } from '../../runs/backfills/backfill-work'
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
        const changed = await ledger.database.transaction(async (sql) => {
          const { before, after } = await orderBackfill(sql, id, order)
          await recordAct(sql, {
            ...context.by,
            ...(reason === undefined ? {} : { reason }),
            action: `${order} backfill`,
            subject: `backfill ${id}`,
            before: { state: before },
            after: { state: after },
            outcome: 'done',
          })
          return { backfill: id, state: after }
        })
        if (json) return showJson(context, changed)
        context.print(`backfill ${id} is ${done}`)
      })
}
