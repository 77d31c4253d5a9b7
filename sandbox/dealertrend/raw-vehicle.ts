import type { Standing } from './lot'
import type { Vehicle } from './vehicle'

/** A vehicle as the vendor answers it. */
export type RawVehicle = Record<string, unknown>

export interface RawOptions {
  readonly dealerName: string
  /** The company that was asked for: of another one's vehicle it is always said whose it is. */
  readonly askedFor: number
  readonly withPhotos: boolean
  readonly pagination: { readonly on_page: number; readonly total: number }
}

/** Named persons and numbers among it must never leave the sync. */
export function rawVehicleOf({ vehicle, odd }: Standing, options: RawOptions): RawVehicle {
  return {
    ...descriptionOf(vehicle),
    prices: pricesOf(vehicle),
    ais_incentive: { to_s: vehicle.isOnSale ? '$1500 rebate' : '' },
    fuel_economy: { city: 18, highway: 24.5 },
    photos: options.withPhotos ? photosOf(vehicle) : [],
    carfax: { url: `https://history.example.test/${vehicle.vin}` },
    auto_check_url: null,
    video_url: null,
    ads_acode: 'XYZ1',
    contact_info: {
      ...(vehicle.namesCompany || vehicle.companyId !== options.askedFor
        ? { company_id: vehicle.companyId }
        : {}),
      dealer_name: options.dealerName,
      phone: `+1 312 555 01${String(vehicle.id % 100).padStart(2, '0')}`,
      internet_manager: `CANARY Manager ${vehicle.id % 7}`,
      greeting: 'Ask for CANARY Person',
    },
    vehicle_location: 'Main lot',
    sold_on: vehicle.soldOn,
    ...odd,
    pagination: options.pagination,
  }
}

const descriptionOf = (vehicle: Vehicle): RawVehicle => ({
  id: vehicle.id,
  vin: vehicle.vin,
  stock_number: vehicle.stock,
  saleclass: vehicle.saleClass,
  vehicleclass: vehicle.vehicleClass,
  year: vehicle.year,
  make: vehicle.make,
  model_name: vehicle.model,
  // Encoded, as much of the vendor's text is.
  trim: encodeURIComponent(vehicle.trim),
  model_code: 'P10',
  body_style: 'Crew Cab',
  drive_train: '4WD',
  engine: '3.5L V6',
  transmission: 'Automatic',
  fuel_type: 'Gasoline',
  doors: 4,
  exterior_color: 'Blue',
  interior_color: 'Black',
  odometer: vehicle.odometer,
  certified: vehicle.isCertified ? 'true' : 'false',
  headline: '',
  description: `A ${vehicle.make} in good order%2C ready to drive`,
  disclaimer: '',
  tags: vehicle.tags.map(encodeURIComponent),
  icons: [],
  dealer_options: ['Tow package'],
  standard_equipment: [{ group: 'Safety', name: 'ABS' }],
})

const pricesOf = ({ retail, asking, sale, isOnSale }: Vehicle): RawVehicle => ({
  retail_price: retail,
  asking_price: asking,
  sale_price: sale,
  sale_expire: sale === null ? null : '2026-12-31',
  default_price_text: 'Call',
  'on_sale?': isOnSale,
  'use_was_now?': false,
  'use_price_strike_through?': isOnSale,
})

const photosOf = ({ id, photos }: Vehicle): RawVehicle[] =>
  Array.from({ length: photos }, (_, index) => ({
    small: `https://img.example.test/${id}-${index}-s.jpg`,
    large: `https://img.example.test/${id}-${index}-l.jpg`,
  }))
