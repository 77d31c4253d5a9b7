import type { TruthRow } from './dms-record'
import type { Rooftop } from './rooftop'

/** What a faithful copy of a rooftop holds by now, by table; of vehicles also those that have left the lot. */
export function truthTables(
  rooftop: Rooftop,
  servedVehicles: ReadonlySet<string>,
  now: number,
): Readonly<Record<string, readonly TruthRow[]>> {
  const rows = (fileType: Parameters<Rooftop['records']>[0]): TruthRow[] =>
    rooftop.spec.feeds.includes(fileType) ? rooftop.records(fileType, now).map(({ truth }) => truth) : []
  const lot = rows('INV')
  const present = new Set(lot.map(({ vin }) => vin))
  const gone = [...servedVehicles].filter((vin) => !present.has(vin) && !vin.includes('BAD'))
  return {
    authenticom_sales: rows('SL'),
    authenticom_service_orders: rows('SV'),
    authenticom_appointments: rows('SV_APPT'),
    authenticom_inventory: [...lot, ...gone.map((vin) => ({ vin, gone: true }))],
  }
}
