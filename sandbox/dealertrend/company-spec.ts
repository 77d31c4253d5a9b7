import { z } from 'zod'

/** A simulated company with vehicles on its lot. */
export const CompanySpec = z.strictObject({
  id: z.int().min(1),
  name: z.string().min(1),
  /** Asked for with every request; absent, anybody may read. */
  token: z.string().min(1).optional(),
  /** Companies whose vehicles are listed under this one as well. */
  members: z.array(z.int()).default([]),
  /** Vehicles that are listed at any time: as one comes, the oldest one goes. */
  vehicles: z.strictObject({ New: z.int().min(0), Used: z.int().min(0) }).default({ New: 0, Used: 0 }),
  /** Milliseconds from one arrival of a sale class to the next, from the epoch on; 0 for none. */
  every: z.int().min(0).default(0),
  /** Milliseconds from one price of a vehicle to its next, from the epoch on; 0 for never. */
  pricedEvery: z.int().min(0).default(0),
  /** False where the host has no light list. */
  lightList: z.boolean().default(true),
  /** What there is in place of a list of no vehicles. */
  nothing: z.enum(['404', 'empty array']).default('empty array'),
})
export type CompanySpec = z.output<typeof CompanySpec>
export type CompanyInput = z.input<typeof CompanySpec>

export const saleClasses = ['New', 'Used'] as const
export type SaleClass = (typeof saleClasses)[number]
