import { z } from 'zod'

/** A simulated sub-account. Calls are made from it by index, so its size costs no memory. */
export const CtmAccountSpec = z.strictObject({
  id: z.int().min(1),
  name: z.string().min(1),
  /** Its days begin and end in this zone. */
  timezone: z.string().min(1),
  /** Calls spread over the 390 days before the epoch. */
  history: z.int().min(0).default(0),
  /** Milliseconds from one new call to the next, from the epoch on; 0 for none. */
  every: z.int().min(0).default(0),
  /** Some calls appear this many milliseconds late at most. */
  lateWithin: z.int().min(0).default(120_000),
  /** Some calls are edited until this many milliseconds after they began. */
  editedWithin: z.int().min(0).default(180_000),
  /** False where its answers lack `total_entries` and `total_pages`. */
  totals: z.boolean().default(true),
})
export type CtmAccountSpec = z.output<typeof CtmAccountSpec>

/** A pair of keys and the accounts that it opens. */
export const CtmKeySpec = z.strictObject({
  access_key: z.string().min(1),
  secret_key: z.string().min(1),
  key_scope: z.enum(['agency', 'account']),
  /** An agency's key opens every account that exists, whatever stands here. */
  accounts: z.array(z.int()).default([]),
})
export type CtmKeySpec = z.output<typeof CtmKeySpec>
