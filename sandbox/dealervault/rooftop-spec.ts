import { z } from 'zod'

/** DealerVault's codes of the feeds that are simulated. */
export const fileTypes = ['SL', 'SV', 'SV_APPT', 'INV'] as const
export type FileType = (typeof fileTypes)[number]

/** A simulated rooftop: a dealership whose DMS DealerVault polls. */
export const RooftopSpec = z.strictObject({
  id: z.string().regex(/^DVD\d+$/),
  /** The DMS's days begin and end in this zone. */
  timezone: z.string().min(1),
  /** Records spread over the 700 days before the epoch. */
  sales: z.int().min(0).default(0),
  serviceOrders: z.int().min(0).default(0),
  appointments: z.int().min(0).default(0),
  /** Vehicles on the lot at any time. */
  vehicles: z.int().min(0).default(0),
  /** Milliseconds from one new record of a feed to the next, from the epoch on; 0 for none. */
  every: z.int().min(0).default(0),
  /** Deals are finalized and repair orders corrected until this many milliseconds after they began. */
  changedWithin: z.int().min(0).default(180_000),
  /** Milliseconds from one poll of the DMS to the next. */
  pollEvery: z.int().min(1).default(60_000),
  /** Feeds that are granted to the program. */
  feeds: z.array(z.enum(fileTypes)).default([...fileTypes]),
  /** Writes some headers in its own way. */
  dms: z.enum(['SAMPLE A', 'SAMPLE B']).default('SAMPLE A'),
})
export type RooftopSpec = z.output<typeof RooftopSpec>

/** A vendor program: one subscription key for all its rooftops. */
export const ProgramSpec = z.strictObject({
  program_id: z.string().regex(/^DVV\d+$/),
  subscription_key: z.string().min(1),
  user_email: z.string().min(1),
})
export type ProgramSpec = z.output<typeof ProgramSpec>
