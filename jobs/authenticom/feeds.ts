import type { DayWindow, StreamHandle } from '../../src/job/streams'
import type { SyncContext } from '../../src/job/sync'
import { days } from '../../src/lib/durations'
import { addDays, type LocalDay } from '../../src/lib/local-days'
import type { FileType } from '../../src/vendors/dealervault/answers'
import { appointmentFields } from './appointment-fields'
import type { authenticom, FeedCursor, FeedPosition } from './definition'
import type { Order } from './delivery'
import type { Fields } from './fields'
import { inventoryFields } from './inventory-fields'
import { saleFields } from './sale-fields'
import { serviceOrderFields } from './service-order-fields'

type Streams = SyncContext<typeof authenticom>['streams']

/** A stream's handle, whatever its records are. */
interface FeedHandle extends Pick<
  StreamHandle<never, FeedCursor, FeedPosition>,
  'cursor' | 'position' | 'restart' | 'forget'
> {
  page(
    records: readonly unknown[],
    progress?: { readonly position?: FeedPosition },
  ): ReturnType<Streams['sales']['page']>
  /** Absent for a listing. */
  readonly overlap?: number
  complete(cursor: FeedCursor): ReturnType<Streams['sales']['complete']>
}

/** One of DealerVault's feeds, and the stream that it fills. */
export interface Feed {
  readonly fileType: FileType
  readonly stream: keyof Streams
  readonly fields: Fields
  /** The header without which the feed is not what was agreed on. */
  readonly key: string
  /** Names everything there is each time, instead of what happened within some days. */
  readonly isSnapshot: boolean
}

/** In the order in which they are read. */
export const feeds: readonly Feed[] = [
  { fileType: 'SL', stream: 'sales', fields: saleFields, key: 'Deal Number', isSnapshot: false },
  {
    fileType: 'SV',
    stream: 'service_orders',
    fields: serviceOrderFields,
    key: 'RO Number',
    isSnapshot: false,
  },
  {
    fileType: 'SV_APPT',
    stream: 'appointments',
    fields: appointmentFields,
    key: 'Appointment Number',
    isSnapshot: false,
  },
  { fileType: 'INV', stream: 'inventory', fields: inventoryFields, key: 'VIN', isSnapshot: true },
]

export const handleFor = (streams: Streams, { stream }: Feed): FeedHandle => streams[stream]

export interface OrderOptions {
  readonly cursor: FeedCursor | undefined
  readonly polled: string | null
  readonly today: LocalDay
  readonly window: DayWindow | undefined
  /** How far to read back behind the cursor, in milliseconds. */
  readonly overlap: number
  readonly firstLoadMonths: number
}

/** What to ask for: the lot as it is, the history, or the days since the last delivery with some before them. */
export function orderOf(
  { isSnapshot }: Feed,
  { cursor, polled, today, window, overlap, firstLoadMonths }: OrderOptions,
): Order {
  if (isSnapshot) return { options: { type: 'Daily' }, through: today, polled }
  if (window) return { options: catchup(window.from, window.to), through: window.to, polled }
  if (!cursor)
    return { options: { type: 'Historical', historicalMonths: firstLoadMonths }, through: today, polled }
  const from = addDays(cursor.through, -Math.ceil(overlap / days(1)))
  return { options: catchup(from, today), through: today, polled }
}

const catchup = (from: LocalDay, to: LocalDay): Order['options'] => ({
  type: 'Catchup',
  catchupStartDate: from,
  catchupEndDate: to,
})
