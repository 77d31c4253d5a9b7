import type { DayRange } from '../days'
import type { GoogleCustomer } from '../customer'

/** One row by the full names of its fields. What a row lacks is unset. int64 values are text, as in Google's JSON. */
export type Row = Readonly<Record<string, unknown>>

/**
 * A resource that a query may be FROM. To add one: a file beside this one, and a line in `index.ts`. A field is selectable
 * if its name is listed; `resource_name` fields come along by themselves.
 */
export interface Table {
  readonly resource: string
  /** Full names, with those of attributed resources and, where it has figures, `segments.*` and `metrics.*`. */
  readonly fields: readonly string[]
  /**
   * The rows as they stand at `now`. `days` is given where the query asks for metrics or segments: then one row per day,
   * in the order of days, with those without traffic left out.
   */
  readonly rows: (customer: GoogleCustomer, at: At) => Iterable<Row>
}

export interface At {
  readonly now: number
  readonly days: DayRange | undefined
  /** All that there are, for what a manager may ask. */
  readonly customers: Iterable<GoogleCustomer>
}

/** `named('campaign', ['id'])` is `['campaign.resource_name', 'campaign.id']`. */
export const named = (resource: string, fields: readonly string[]): string[] =>
  ['resource_name', ...fields].map((field) => `${resource}.${field}`)
