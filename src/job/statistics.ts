/** What `client_statistics` counts of a client's day, in the order of its columns. */
export const measures = [
  'spend',
  'impressions',
  'clicks',
  'conversions',
  'leads',
  'calls',
  'appointments',
  'units_sold',
  'repair_orders',
] as const
export type Measure = (typeof measures)[number]

/** What the rows of one destination table bring to `client_statistics`. Expressions are SQL over the table's columns. */
export interface Contribution {
  readonly table: string
  /** The `date` column with the day, in the account's own zone, to which a row counts. Rows without one do not count. */
  readonly day: string
  /** The column with the currency of `spend`; absent where there is none. */
  readonly currency?: string
  /** Which rows count; absent, all that are not gone. */
  readonly where?: string
  /** What a row adds to each measure; measures that are absent stay null for the job, because it knows nothing of them. */
  readonly adds: Readonly<Partial<Record<Measure, string>>>
}

/** The contributions of a job, which is their `source`. */
export interface JobStatistics {
  readonly source: string
  readonly contributions: readonly Contribution[]
}
