import { z } from 'zod'
import { days } from '../../src/lib/durations'
import { addMonths } from '../../src/lib/local-days'
import { localDay, type RawRow } from './dms-record'
import type { Rooftop } from './rooftop'
import { fileTypes, type FileType } from './rooftop-spec'

/** What a delivery is asked for with. Anything else is refused. */
export const DeliveryOrder = z.strictObject({
  programId: z.string(),
  rooftopId: z.string(),
  fileType: z.enum(fileTypes),
  options: z.discriminatedUnion('type', [
    z.strictObject({ type: z.literal('Sample') }),
    z.strictObject({ type: z.literal('Daily') }),
    z.strictObject({ type: z.literal('Historical'), historicalMonths: z.int().min(1).max(120) }),
    z.strictObject({
      type: z.literal('Catchup'),
      catchupStartDate: z.iso.date(),
      catchupEndDate: z.iso.date(),
    }),
  ]),
})
export type DeliveryOrder = z.output<typeof DeliveryOrder>

/** DealerVault keeps what it has made for a day. */
const keptFor = days(1)
const sampleSize = 5

/** One delivery: the rows as they were when it was asked for. */
export interface Delivery {
  readonly id: string
  readonly rooftopId: string
  readonly fileType: FileType
  readonly rows: readonly RawRow[]
  readonly askedAt: number
  readonly readyAt: number
  /** What went wrong with it. */
  fate: 'Error' | 'Purged' | undefined
}

export type Status = 'Queued' | 'InProgress' | 'Ready' | 'Error' | 'Purged'

/** The deliveries of a program. */
export class Deliveries {
  readonly #makingTime: number
  readonly #deliveries = new Map<string, Delivery>()
  /** How many were ever asked for. */
  count = 0
  /** The most that were in progress at once. */
  mostInProgress = 0

  /** `makingTime`: milliseconds until a delivery is ready. */
  constructor(makingTime: number) {
    this.#makingTime = makingTime
  }

  /** Makes a delivery of what is asked for, or of a share of it. */
  add(order: DeliveryOrder, rooftop: Rooftop, now: number, share = 1): Delivery {
    const rows = rowsOf(order, rooftop, now)
    this.count += 1
    const delivery: Delivery = {
      id: `dlv-${order.rooftopId}-${this.count}`,
      rooftopId: order.rooftopId,
      fileType: order.fileType,
      rows: rows.slice(0, Math.ceil(rows.length * share)),
      askedAt: now,
      readyAt: now + this.#makingTime,
      fate: undefined,
    }
    this.#deliveries.set(delivery.id, delivery)
    for (const [id, { askedAt }] of this.#deliveries) if (askedAt + keptFor < now) this.#deliveries.delete(id)
    this.mostInProgress = Math.max(this.mostInProgress, this.inProgress(now).length)
    return delivery
  }

  get(id: string): Delivery | undefined {
    return this.#deliveries.get(id)
  }

  /** Knows nothing of it any more. */
  lose(id: string): void {
    this.#deliveries.delete(id)
  }

  inProgress(now: number): Delivery[] {
    return [...this.#deliveries.values()].filter((delivery) =>
      /Queued|InProgress/.test(this.status(delivery, now)),
    )
  }

  status({ askedAt, readyAt, fate }: Delivery, now: number): Status {
    if (fate) return fate
    if (now >= readyAt) return 'Ready'
    return now < askedAt + this.#makingTime / 3 ? 'Queued' : 'InProgress'
  }
}

function rowsOf({ fileType, options }: DeliveryOrder, rooftop: Rooftop, now: number): RawRow[] {
  const { timezone } = rooftop.spec
  const today = localDay(now, timezone)
  const records = rooftop.records(fileType, now)
  const odd = rooftop.odd(fileType)
  if (fileType === 'INV') return [...records.map(({ raw }) => raw), ...odd]
  const since = (from: string, to: string): RawRow[] => [
    ...records
      .filter(({ touchedAt }) => {
        const day = localDay(touchedAt, timezone)
        return day >= from && day <= to
      })
      .map(({ raw }) => raw),
    ...(to >= today ? odd : []),
  ]
  switch (options.type) {
    case 'Sample':
      return records.slice(0, sampleSize).map(({ raw }) => raw)
    case 'Daily':
      return since(today, today)
    case 'Historical':
      return since(addMonths(today, -options.historicalMonths), today)
    case 'Catchup':
      return since(options.catchupStartDate, options.catchupEndDate)
  }
}
