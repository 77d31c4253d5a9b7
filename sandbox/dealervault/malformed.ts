import type { RawRow } from './dms-record'
import type { FileType, RooftopSpec } from './rooftop-spec'

/** Rows that no table can hold, one for each feed, and one of another dealer. */
export function malformedRows({ id, dms }: RooftopSpec): readonly (readonly [FileType, RawRow])[] {
  const row = (fileType: FileType, rooftop: string, fields: RawRow): readonly [FileType, RawRow] => [
    fileType,
    {
      'File Type': fileType,
      'DV Dealer ID': rooftop,
      'Vendor Dealer ID': rooftop,
      'DMS Type': dms,
      ...fields,
    },
  ]
  return [
    row('SL', id, { 'Deal Number': '9999901', 'Sales Price': 'CANARY dollars' }),
    row('SL', 'DVD99999', { 'Deal Number': '9999902', 'Sales Price': '1.00' }),
    row('SV', id, { 'RO Number': '999903', 'Close Date': '13/45/2026' }),
    row('SV_APPT', id, { 'Appointment Number': '', 'Appointment Date': '3/4/2026' }),
    row('INV', id, { VIN: '1CANRY0BAD0000001', Odometer: 'CANARY miles' }),
  ]
}
