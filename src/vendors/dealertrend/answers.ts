import { z } from 'zod'
import { fieldsOf, numberOf } from '../../lib/read-fields'

/** A vehicle as it came. Nothing about it is sure, so the mapper reads every field with care. */
export type DealerTrendVehicle = unknown

/** The company as far as it is anybody's business: its `api_keys` are third parties' and pass no further than here. */
export const Company = z.object({
  id: z.union([z.int(), z.string().min(1)]),
  name: z.string().nullish(),
  /** The members of a group. */
  automall_ids: z.array(z.union([z.int(), z.string()])).nullish(),
})
export type Company = z.output<typeof Company>

/** A page of vehicles, and the light list of all of them: bare arrays. */
export const List = z.array(z.unknown())

/** The number of pages, as a page's elements tell it; null where none of them does. */
export function totalOf(vehicles: readonly DealerTrendVehicle[]): number | null {
  for (const vehicle of vehicles) {
    const total = numberOf(fieldsOf(fieldsOf(vehicle)['pagination'])['total'])
    if (total !== undefined && Number.isInteger(total) && total >= 0) return total
  }
  return null
}

/** What tells a vehicle from the others of a list. */
export function idOf(vehicle: DealerTrendVehicle): string {
  const { id, contact_info } = fieldsOf(vehicle)
  return JSON.stringify([id, fieldsOf(contact_info)['company_id']])
}
