import { bigint, boolean, date, integer, json, nullable, numeric, text, texts } from '../../src/job/columns'

/** A vehicle as it is stored. Of the dealer's staff nothing is mapped. */
export const vehicleColumns = {
  /** The company that has the vehicle: of a group's list, the member. */
  company_id: bigint(),
  vehicle_id: bigint(),

  /** The same one may be there twice, as new and as used. */
  vin: nullable(text()),
  stock_number: nullable(text()),
  sale_class: nullable(text()),
  vehicle_class: nullable(text()),
  year: nullable(integer()),
  make: nullable(text()),
  model: nullable(text()),
  trim: nullable(text()),
  model_code: nullable(text()),
  body_style: nullable(text()),
  drive_train: nullable(text()),
  engine: nullable(text()),
  transmission: nullable(text()),
  fuel_type: nullable(text()),
  doors: nullable(integer()),
  exterior_color: nullable(text()),
  interior_color: nullable(text()),
  odometer: nullable(integer()),
  certified: nullable(boolean()),
  fuel_economy_city: nullable(numeric()),
  fuel_economy_highway: nullable(numeric()),
  ads_acode: nullable(text()),

  headline: nullable(text()),
  description: nullable(text()),
  disclaimer: nullable(text()),
  tags: texts(),
  icons: texts(),
  dealer_options: texts(),
  /** `[{ group, name }]` */
  standard_equipment: json(),

  /** The maker's suggestion; 0 where the vendor says so. */
  retail_price: nullable(numeric()),
  asking_price: nullable(numeric()),
  sale_price: nullable(numeric()),
  /** What the website asks for: the sale price while it counts, else the asking price; null where it names none. */
  effective_price: nullable(numeric()),
  is_on_sale: nullable(boolean()),
  sale_expires_on: nullable(date()),
  uses_was_now: nullable(boolean()),
  uses_price_strike_through: nullable(boolean()),
  /** Shown in place of a price. */
  default_price_text: nullable(text()),
  incentive: nullable(text()),

  /** `[{ small, large }]` */
  photos: json(),
  photo_count: integer(),
  carfax_url: nullable(text()),
  auto_check_url: nullable(text()),
  video_url: nullable(text()),

  dealer_name: nullable(text()),
  vehicle_location: nullable(text()),
  /** Sold, and still on the website. */
  sold_on: nullable(date()),
}
