import type { RecordOf } from '../../src/job/columns'
import * as read from '../../src/lib/read-fields'
import type { vehicleColumns } from './columns'
import { day, decoded, decodedList, whole } from './fields'
import { pricesOf } from './prices'

export type VehicleRecord = RecordOf<typeof vehicleColumns>

/**
 * A vehicle as it is stored, from one as it came. Names field by field what is kept, so nothing new from the vendor slips in.
 * `companyId` is the company that was asked for. Never throws: a value that cannot be right is handed on, and the engine sets
 * the record aside with the reason.
 */
export function toVehicle(raw: unknown, companyId: string): VehicleRecord {
  const vehicle = read.fieldsOf(raw)
  const contact = read.fieldsOf(vehicle['contact_info'])
  const economy = read.fieldsOf(vehicle['fuel_economy'])
  const mapped = {
    company_id: read.id(contact['company_id']) ?? companyId,
    vehicle_id: read.id(vehicle['id']),

    vin: decoded(vehicle['vin']),
    stock_number: decoded(vehicle['stock_number']),
    sale_class: decoded(vehicle['saleclass']),
    vehicle_class: decoded(vehicle['vehicleclass']),
    year: whole(vehicle['year']),
    make: decoded(vehicle['make']),
    model: decoded(vehicle['model_name']),
    trim: decoded(vehicle['trim']),
    model_code: decoded(vehicle['model_code']),
    body_style: decoded(vehicle['body_style']),
    drive_train: decoded(vehicle['drive_train']),
    engine: decoded(vehicle['engine']),
    transmission: decoded(vehicle['transmission']),
    fuel_type: decoded(vehicle['fuel_type']),
    doors: whole(vehicle['doors']),
    exterior_color: decoded(vehicle['exterior_color']),
    interior_color: decoded(vehicle['interior_color']),
    odometer: whole(vehicle['odometer']),
    certified: certified(vehicle['certified']),
    fuel_economy_city: read.decimal(economy['city']),
    fuel_economy_highway: read.decimal(economy['highway']),
    ads_acode: decoded(vehicle['ads_acode']),

    headline: decoded(vehicle['headline']),
    description: decoded(vehicle['description']),
    disclaimer: decoded(vehicle['disclaimer']),
    tags: decodedList(vehicle['tags']),
    icons: decodedList(vehicle['icons']),
    dealer_options: decodedList(vehicle['dealer_options']),
    standard_equipment: equipmentOf(vehicle['standard_equipment']),

    ...pricesOf(read.fieldsOf(vehicle['prices'])),
    incentive: decoded(read.fieldsOf(vehicle['ais_incentive'])['to_s']),

    ...photosOf(vehicle['photos']),
    carfax_url: read.text(read.fieldsOf(vehicle['carfax'])['url']),
    auto_check_url: read.text(vehicle['auto_check_url']),
    video_url: read.text(vehicle['video_url']),

    dealer_name: decoded(contact['dealer_name']),
    vehicle_location: decoded(vehicle['vehicle_location']),
    sold_on: day(vehicle['sold_on']),
  }
  // The engine checks every value against the stream's columns: until then they are only believed to fit.
  return mapped as unknown as VehicleRecord
}

/** Text: "false" where it is not, and anything else where it is. */
function certified(value: unknown): unknown {
  const word = read.text(value)
  return typeof word === 'string' ? !/^(false|no|0)$/i.test(word.trim()) : word
}

function equipmentOf(value: unknown): unknown {
  const list: unknown = value ?? []
  if (!Array.isArray(list)) return undefined
  return list.map((item) => {
    const { group, name } = read.fieldsOf(item)
    return { group: decoded(group), name: decoded(name) }
  })
}

function photosOf(value: unknown): { readonly photos: unknown; readonly photo_count: unknown } {
  const list: unknown = value ?? []
  if (!Array.isArray(list)) return { photos: undefined, photo_count: undefined }
  const photos = list.map((item) => {
    const { small, large } = read.fieldsOf(item)
    return { small: read.text(small), large: read.text(large) }
  })
  return { photos, photo_count: photos.length }
}
