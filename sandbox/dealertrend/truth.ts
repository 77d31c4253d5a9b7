import type { Standing } from './lot'

/** A row of `dealertrend_vehicles`, as far as it is compared. */
export type TruthRow = Readonly<Record<string, unknown>>

/** What a faithful copy holds of a vehicle. Of one that has gone only what never changes: nobody knows when it was read last. */
export function truthOf({ vehicle, isGone }: Standing, dealerName: string): TruthRow {
  const lasting = {
    company_id: String(vehicle.companyId),
    vehicle_id: String(vehicle.id),
    vin: vehicle.vin,
    year: vehicle.year,
    make: vehicle.make,
    model: vehicle.model,
  }
  if (isGone) return { ...lasting, gone: true }
  return {
    ...lasting,
    stock_number: vehicle.stock,
    sale_class: vehicle.saleClass,
    vehicle_class: vehicle.vehicleClass,
    trim: vehicle.trim,
    odometer: vehicle.odometer,
    certified: vehicle.isCertified,
    tags: vehicle.tags,
    retail_price: vehicle.retail,
    asking_price: vehicle.asking,
    sale_price: vehicle.sale,
    is_on_sale: vehicle.isOnSale,
    effective_price: shownPrice(vehicle),
    photo_count: vehicle.photos,
    dealer_name: dealerName,
    sold_on: vehicle.soldOn,
  }
}

function shownPrice({ asking, sale, isOnSale }: Standing['vehicle']): number | null {
  const most = asking ?? 0
  if (most <= 0) return null
  return isOnSale && sale !== null && sale > 0 && sale <= most ? sale : most
}
