import { z } from 'zod'
import { defineJob } from '../../src/job/define-job'
import { snapshotStream, upsertStream } from '../../src/job/streams'
import { days, hours, minutes, seconds } from '../../src/lib/durations'
import { appointmentFields } from './appointment-fields'
import { personal } from './contact-fields'
import { columnsOf } from './fields'
import { inventoryFields } from './inventory-fields'
import { saleFields } from './sale-fields'
import { serviceOrderFields } from './service-order-fields'

/** How far a feed is read. It moves when every row of a delivery is written. */
export const FeedCursor = z.strictObject({
  /** The last day, in the rooftop's zone, that a complete delivery covered. */
  through: z.iso.date(),
  /** When DealerVault had last polled the DMS before that delivery, as it writes it; null where it did not say. */
  polled: z.string().nullable(),
})
export type FeedCursor = z.output<typeof FeedCursor>

/** Where inside a delivery to go on. */
export const FeedPosition = z.strictObject({
  request_id: z.string().min(1),
  /** The vendor's own token for the next page. */
  token: z.string().min(1),
  /** Rows of this delivery that are written. */
  rows: z.int().min(0),
})
export type FeedPosition = z.output<typeof FeedPosition>

const progress = { cursor: FeedCursor, position: FeedPosition }

/** DealerVault data feeds: what the dealership's DMS knows. An account is a rooftop. */
export const authenticom = defineJob({
  id: 'authenticom',
  title: 'Authenticom',
  summary: 'Sales, closed service orders, appointments and inventory from the dealership’s DMS',
  version: 1,
  // The vendor polls each DMS about daily: asking more often than every four hours brings nothing.
  schedule: { cron: '25 */4 * * *', timezone: 'America/Chicago', missed: 'run-once', spread: minutes(10) },
  startWithin: hours(3),
  // Of one attempt. Waiting for a delivery holds no attempt.
  deadline: minutes(30),
  freshness: hours(10),
  retry: { attempts: 5, delay: seconds(30), cap: hours(1) },
  concurrency: 2,
  externalId: z.string().regex(/^DVD\d+$/, { error: 'expected the rooftop’s DV Dealer ID, e.g. DVD40001' }),
  secrets: z.strictObject({
    program_id: z.string().regex(/^DVV\d+$/, { error: 'expected a program id, e.g. DVV10001' }),
    subscription_key: z.string().min(1),
    user_email: z.email(),
  }),
  settings: z.strictObject({
    feeds: z
      .array(z.enum(['SL', 'SV', 'SV_APPT', 'INV']))
      .min(1)
      .default(['SL', 'SV', 'SV_APPT', 'INV']),
    /** How far back the first load goes. */
    first_load_months: z.int().min(1).max(60).default(24),
    /** How long to wait before the first look at a delivery; later looks are up to a minute apart. */
    poll_seconds: z.int().min(1).max(60).default(15),
  }),
  // A window of days brings what the DMS touched in it, and no column says when that was: streams have no `dated`.
  streams: {
    sales: upsertStream({
      table: 'authenticom_sales',
      key: ['deal_number'],
      columns: columnsOf(saleFields),
      // Deals go on from booked to finalized.
      overlap: days(7),
      personal,
      ...progress,
    }),
    service_orders: upsertStream({
      table: 'authenticom_service_orders',
      key: ['ro_number'],
      columns: columnsOf(serviceOrderFields),
      overlap: days(3),
      personal,
      ...progress,
    }),
    appointments: upsertStream({
      table: 'authenticom_appointments',
      key: ['appointment_number'],
      columns: columnsOf(appointmentFields),
      overlap: days(3),
      personal,
      ...progress,
    }),
    inventory: snapshotStream({
      table: 'authenticom_inventory',
      key: ['vin'],
      columns: columnsOf(inventoryFields),
      maxShrink: 0.5,
      ...progress,
    }),
  },
  // A quarter of a year for each of three feeds: a delivery, a few looks at it, and a few pages.
  backfill: { chunkDays: 92, callsPerChunk: 20 },
})
