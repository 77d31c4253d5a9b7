import { keyCapitals, rooftopFields, someAmount, someDay, someText, someWhole, vehicleFields } from './fields'

/** A vehicle on the lot (feed `INV`). */
export const inventoryFields = {
  vin: keyCapitals('VIN'),
  ...rooftopFields,

  stock_number: someText('Stock Number'),
  /** `A` is active. */
  vehicle_status: someText('Vehicle Status'),
  /** `N` is new, `U` used. */
  vehicle_type: someText('Vehicle Type'),
  vehicle_style: someText('Vehicle Style'),
  location: someText('Location'),
  ...vehicleFields,
  trim: someText('Trim'),
  description: someText('Description'),
  odometer: someWhole('Odometer'),

  msrp: someAmount('MSRP'),
  list_price: someAmount('List Price'),
  internet_price: someAmount('Internet Price'),
  cost: someAmount('Cost'),

  exterior_color: someText('Exterior Color'),
  interior_color: someText('Interior Color'),
  fuel_type: someText('Fuel Type'),
  transmission: someText('Transmission'),
  inventory_date: someDay('Inventory Date'),
  purchase_date: someDay('Purchase Date'),
  sold_date: someDay('Sold Date'),
}
