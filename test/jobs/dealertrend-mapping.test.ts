import { vehicleColumns } from '../../jobs/dealertrend/columns'
import { toVehicle } from '../../jobs/dealertrend/to-vehicle'

const whole = {
  id: 778201,
  vin: '1ZZZZZZZ0Z0000001',
  stock_number: 'T1021',
  saleclass: 'New',
  vehicleclass: 'truck',
  year: 2026,
  make: 'Sample',
  model_name: 'Pickup',
  trim: 'XL%2FSport',
  model_code: 'P10',
  body_style: 'Crew Cab',
  drive_train: '4WD',
  engine: '3.5L V6',
  transmission: 'Automatic',
  fuel_type: 'Gasoline',
  doors: 4,
  exterior_color: 'Blue',
  interior_color: 'Black',
  odometer: 12,
  certified: 'false',
  headline: '',
  description: '50% off%21',
  disclaimer: '',
  tags: ['low-miles', 'great%20value'],
  icons: [],
  dealer_options: ['Tow package'],
  standard_equipment: [{ group: 'Safety', name: 'ABS', extra: 1 }],
  prices: {
    retail_price: 52310,
    asking_price: 49995,
    sale_price: 48995,
    sale_expire: '2026-03-31',
    default_price_text: 'Call',
    'on_sale?': true,
    'use_was_now?': false,
    'use_price_strike_through?': true,
  },
  ais_incentive: { to_s: '$1500 rebate' },
  fuel_economy: { city: 18, highway: 24 },
  photos: [{ small: 'https://img.example.test/s1.jpg', large: 'https://img.example.test/l1.jpg' }],
  carfax: { url: 'https://example.test/cf' },
  auto_check_url: null,
  video_url: null,
  ads_acode: 'XYZ1',
  contact_info: {
    company_id: 47,
    dealer_name: 'Sample Motors',
    phone: '555-555-0100',
    internet_manager: 'Sample Person',
    greeting: 'Ask for Sample Person',
  },
  vehicle_location: 'Main lot',
  sold_on: null,
  pagination: { on_page: 1, total: 7 },
}
const map = (changes: Readonly<Record<string, unknown>> = {}) => toVehicle({ ...whole, ...changes }, '46')

/** The columns whose value would be refused. */
const refused = (record: Readonly<Record<string, unknown>>) =>
  Object.entries(vehicleColumns)
    .filter(([name, column]) => !column.value.safeParse(record[name]).success)
    .map(([name]) => name)

describe('toVehicle', () => {
  test('keeps every field but staff', () => {
    expect(map()).toEqual({
      company_id: '47',
      vehicle_id: '778201',
      vin: '1ZZZZZZZ0Z0000001',
      stock_number: 'T1021',
      sale_class: 'New',
      vehicle_class: 'truck',
      year: 2026,
      make: 'Sample',
      model: 'Pickup',
      trim: 'XL/Sport',
      model_code: 'P10',
      body_style: 'Crew Cab',
      drive_train: '4WD',
      engine: '3.5L V6',
      transmission: 'Automatic',
      fuel_type: 'Gasoline',
      doors: 4,
      exterior_color: 'Blue',
      interior_color: 'Black',
      odometer: 12,
      certified: false,
      fuel_economy_city: '18',
      fuel_economy_highway: '24',
      ads_acode: 'XYZ1',
      headline: null,
      description: '50% off!',
      disclaimer: null,
      tags: ['low-miles', 'great value'],
      icons: [],
      dealer_options: ['Tow package'],
      standard_equipment: [{ group: 'Safety', name: 'ABS' }],
      retail_price: '52310',
      asking_price: '49995',
      sale_price: '48995',
      effective_price: '48995',
      is_on_sale: true,
      sale_expires_on: '2026-03-31',
      uses_was_now: false,
      uses_price_strike_through: true,
      default_price_text: 'Call',
      incentive: '$1500 rebate',
      photos: [{ small: 'https://img.example.test/s1.jpg', large: 'https://img.example.test/l1.jpg' }],
      photo_count: 1,
      carfax_url: 'https://example.test/cf',
      auto_check_url: null,
      video_url: null,
      dealer_name: 'Sample Motors',
      vehicle_location: 'Main lot',
      sold_on: null,
    })
    expect(refused(map())).toEqual([])
  })

  test('is content with an id', () => {
    const least = toVehicle({ id: 1 }, '46')
    expect(refused(least)).toEqual([])
    expect(least).toMatchObject({ company_id: '46', vehicle_id: '1', photo_count: 0, effective_price: null })
  })

  test.each([null, 'text', 7, [], { id: {} }])('hands on %j, to be refused for its key', (raw) => {
    expect(refused(toVehicle(raw, '46'))).toContain('vehicle_id')
  })

  test.each([
    ['XL%2FSport', 'XL/Sport'],
    ['50%25 off', '50% off'],
    ['100% fun%2Ftown', '100% fun/town'],
    ['XL%252FSport', 'XL%2FSport'],
    ['Caf%C3%A9', 'Café'],
    ['bad%ff', 'bad%ff'],
    ['S+More', 'S+More'],
  ])('decodes %s once', (trim, decoded) => {
    expect(map({ trim }).trim).toBe(decoded)
  })

  test.each([
    ['the sale price on sale', { asking_price: 100, sale_price: 90, 'on_sale?': true }, '90'],
    ['a sale price equal to the asking price', { asking_price: 90, sale_price: 90, 'on_sale?': true }, '90'],
    ['not a sale price above it', { asking_price: 100, sale_price: 110, 'on_sale?': true }, '100'],
    ['not a sale price of nothing', { asking_price: 100, sale_price: 0, 'on_sale?': true }, '100'],
    ['the asking price without a sale', { asking_price: 100, sale_price: 90, 'on_sale?': false }, '100'],
    ['none of a sale without an asking price', { asking_price: 0, sale_price: 90, 'on_sale?': true }, null],
    ['none of nothing', {}, null],
    ['text like numbers', { asking_price: '100', sale_price: '90.50', 'on_sale?': 'true' }, '90.50'],
  ])('shows %s', (_, prices, effective) => {
    expect(map({ prices }).effective_price).toBe(effective)
  })

  test.each([
    ['false', false],
    ['no', false],
    ['true', true],
    ['Yes', true],
    ['Manufacturer', true],
    [true, true],
    [undefined, null],
    ['', null],
  ])('reads certified %j as %j', (certified, is) => {
    expect(map({ certified }).certified).toBe(is)
  })

  test('takes a stamp for its day', () => {
    expect(map({ sold_on: '2026-03-08T23:30:00-05:00' }).sold_on).toBe('2026-03-08')
    expect(map({ sold_on: '2026-03-08' }).sold_on).toBe('2026-03-08')
  })

  test.each([
    ['year', { year: 'last year' }],
    ['odometer', { odometer: 12.5 }],
    ['photos', { photos: 'many' }],
    ['standard_equipment', { standard_equipment: {} }],
    ['tags', { tags: { a: 1 } }],
    ['sold_on', { sold_on: 'yesterday' }],
    ['asking_price', { prices: { asking_price: '$49,995' } }],
    ['company_id', { contact_info: { company_id: 'ours' } }],
  ])('hands on a malformed %s as it came', (column, changes) => {
    expect(refused(map(changes))).toContain(column)
  })
})
