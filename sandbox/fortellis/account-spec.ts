import { z } from 'zod'

/** A simulated dealership's subscription. Its records are made by index, so its size costs no memory. */
export const FortellisAccountSpec = z.strictObject({
  subscription_id: z.uuid(),
  name: z.string().min(1),
  departments: z.strictObject({
    finance: z.array(z.string().min(1)).default([]),
    service: z.array(z.string().min(1)).default([]),
  }),
  /** Whether the dealership has activated our app. */
  active: z.boolean().default(true),
  /** Records of each kind and department, spread over the 390 days before the epoch. */
  history: z.int().min(0).default(0),
  /** Milliseconds from one new record of a kind to the next, from the epoch on; 0 for none. */
  every: z.int().min(0).default(0),
  /** Milliseconds from one event in a record's life to the next, give or take: opened, worked on, closed, corrected. */
  step: z.int().min(1).default(3_600_000),
  /** How long an extract takes. */
  prepareMs: z.int().min(0).default(20_000),
  /** What the vendor names as the wait. */
  checkAfterSeconds: z.int().min(1).default(30),
})
export type FortellisAccountSpec = z.output<typeof FortellisAccountSpec>

/** The key and secret of an app, which serve every dealership. */
export const FortellisAppSpec = z.strictObject({
  api_key: z.string().min(1),
  api_secret: z.string().min(1),
})
export type FortellisAppSpec = z.output<typeof FortellisAppSpec>

/** The kinds of record, by the names of our streams. */
export const kinds = ['sales', 'repair_orders', 'appointments', 'customers'] as const
export type Kind = (typeof kinds)[number]

/** The departments in which a kind is found. Customers are in all of them. */
export function departmentsOf(
  { departments: { finance, service } }: FortellisAccountSpec,
  kind: Kind,
): string[] {
  if (kind === 'sales') return finance
  return kind === 'customers' ? [...new Set([...finance, ...service])] : service
}
