import { z } from 'zod'
import { defineJob } from '../../src/job/define-job'
import { snapshotStream } from '../../src/job/streams'
import { baseUrlOf } from '../../src/lib/base-url'
import { hours, minutes, seconds } from '../../src/lib/durations'
import { vehicleColumns } from './columns'

const SaleClass = z.enum(['New', 'Used'])

/** What the last complete listing was like. */
export const VehiclesCursor = z.strictObject({
  /** Of the light list as it was when the listing began; null where there was none to go by. */
  digest: z.string().nullable(),
  /** Complete listings in a row that began with this digest; more than two count as two. */
  listings: z.int().min(1),
  listed_at: z.iso.datetime(),
})
export type VehiclesCursor = z.output<typeof VehiclesCursor>

/** Where inside a listing to go on. */
export const VehiclesPosition = z.strictObject({
  sale_classes: z.array(SaleClass),
  /** Of the sale class to go on with; their number where all are read. */
  index: z.int().min(0),
  page: z.int().min(1),
  /** Pages of each sale class that was begun, by its first page; null where that did not tell. */
  totals: z.array(z.int().min(0).nullable()),
  /** Of the light list as it was when the listing began. */
  digest: z.string().nullable(),
  /** The list moved under this listing once already. */
  restarted: z.boolean(),
})
export type VehiclesPosition = z.output<typeof VehiclesPosition>

/** The website provider's vehicle listing. An account is a company id on a host of the vendor's. */
export const dealertrend = defineJob({
  id: 'dealertrend',
  title: 'DealerTrend',
  summary: 'Vehicles listed on the dealership’s website',
  version: 1,
  // The vendor's own plugin caches its answers for two hours; every six is enough.
  schedule: { cron: '40 */6 * * *', timezone: 'America/Chicago', missed: 'run-once', spread: minutes(10) },
  startWithin: hours(5),
  deadline: minutes(20),
  freshness: hours(14),
  retry: { attempts: 5, delay: seconds(5), cap: minutes(5) },
  // One request at a time per host, and all clients share the host.
  concurrency: 2,
  externalId: z.string().regex(/^\d+$/, { error: 'expected the numeric company id' }),
  secrets: z.strictObject({
    /** Only some hosts ask for one. */
    api_token: z.string().min(1).optional(),
  }),
  settings: z
    .strictObject({
      /** The host this dealer was told; absent, the one from the environment. */
      base_url: z
        .string()
        .refine((text) => baseUrlOf(text) !== undefined, { error: 'expected an http(s):// URL' })
        .optional(),
      allow_insecure: z.boolean().default(false),
      sale_classes: z.array(SaleClass).min(1).default(['New', 'Used']),
    })
    .refine(({ base_url, allow_insecure }) => !base_url?.startsWith('http:') || allow_insecure, {
      path: ['base_url'],
      error: 'expected https://, or allow_insecure: true',
    }),
  streams: {
    vehicles: snapshotStream({
      table: 'dealertrend_vehicles',
      key: ['company_id', 'vehicle_id'],
      columns: vehicleColumns,
      confirmations: 2,
      maxShrink: 0.5,
      cursor: VehiclesCursor,
      position: VehiclesPosition,
    }),
  },
})
