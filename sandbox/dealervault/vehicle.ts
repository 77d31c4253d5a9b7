import {
  chanceIn,
  dayAt,
  grouped,
  head,
  money,
  padded,
  plain,
  slashed,
  vinOf,
  type Dms,
  type DmsRecord,
} from './dms-record'

/** A vehicle on the lot. It gets cheaper while it stands there. */
export function vehicleOf(dms: Dms): DmsRecord {
  const { at, now, index, spec } = dms
  const vin = vinOf(500_000 + index, spec.id)
  const list = 1_200_000 + Math.floor(chanceIn(dms, 'list') * 5_000_000)
  const reductions = spec.every > 0 ? Math.min(5, Math.max(0, Math.floor((now - at) / (spec.every * 12)))) : 0
  const price = list - reductions * 25_000
  const odometer = Math.floor(chanceIn(dms, 'odometer') * 80_000)
  const isNew = odometer < 20_000
  const stock = `S${padded(index, 5)}`
  const since = dayAt(dms, at)
  return {
    key: vin,
    touchedAt: at,
    raw: {
      ...head(dms, 'INV'),
      VIN: vin,
      'Stock Number': stock,
      'Vehicle Status': 'A',
      'Vehicle Type': isNew ? 'N' : 'U',
      Location: 'LOT 1',
      Year: '2024',
      Make: 'SAMPLE',
      Model: 'SAMPLE MODEL',
      Trim: 'LX',
      Odometer: grouped(odometer),
      MSRP: money(list),
      'List Price': money(list),
      'Internet Price': money(price),
      Cost: '',
      'Exterior Color': 'BLUE',
      'Inventory Date': slashed(since),
      Comments: 'CANARY COMMENT',
    },
    truth: {
      vin,
      external_account_id: spec.id,
      stock_number: stock,
      vehicle_status: 'A',
      vehicle_type: isNew ? 'N' : 'U',
      year: 2024,
      odometer,
      msrp: plain(list),
      internet_price: plain(price),
      inventory_date: since,
    },
  }
}
