import { z } from 'zod'

/** What is asked for, and what the feed's cursor will be once it is written. */
export const Order = z.strictObject({
  options: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('Historical'), historicalMonths: z.int() }),
    z.strictObject({
      type: z.literal('Catchup'),
      catchupStartDate: z.iso.date(),
      catchupEndDate: z.iso.date(),
    }),
    z.strictObject({ type: z.literal('Daily') }),
  ]),
  through: z.iso.date(),
  polled: z.string().nullable(),
})
export type Order = z.output<typeof Order>

/** A delivery as the ledger keeps it. */
export const Delivery = z.strictObject({
  ...Order.shape,
  /** Null while it has not been asked for: every place may be taken. */
  request_id: z.string().min(1).nullable(),
  asked_at: z.iso.datetime(),
  /** How often the vendor has failed to make it. */
  failures: z.int(),
  /** How often the vendor has lost it. */
  losses: z.int(),
  /** When to ask for it again, after a failure. */
  again_at: z.iso.datetime().nullable(),
})
export type Delivery = z.output<typeof Delivery>

/** A delivery whose rows can be read. */
export interface ReadyDelivery extends Delivery {
  readonly request_id: string
}
