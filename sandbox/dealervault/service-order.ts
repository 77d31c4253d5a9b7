import { contactOf } from './contact'
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

/** A repair order, once it is closed; undefined before. Some are corrected afterwards. */
export function serviceOrderOf(dms: Dms): DmsRecord | undefined {
  const { at, now, index, spec } = dms
  const closedAt = at + (chanceIn(dms, 'closed after') * spec.changedWithin) / 2
  if (closedAt > now) return undefined
  const correctedAt = closedAt + (chanceIn(dms, 'corrected after') * spec.changedWithin) / 2
  const isCorrected = chanceIn(dms, 'corrected') < 0.15 && correctedAt <= now
  const key = padded(index + 4401, 6)
  const labor = 5000 + Math.floor(chanceIn(dms, 'labor') * 300_000) - (isCorrected ? 1000 : 0)
  const parts = Math.floor(chanceIn(dms, 'parts') * 250_000)
  const mileage = 1000 + Math.floor(chanceIn(dms, 'mileage') * 120_000)
  const contact = contactOf(dms)
  const opened = dayAt(dms, at)
  const closed = dayAt(dms, closedAt)
  const vin = vinOf(index % 40, spec.id)
  const hasAppointment = index % 3 === 0
  return {
    key,
    touchedAt: isCorrected ? correctedAt : closedAt,
    raw: {
      ...head(dms, 'SV'),
      'RO Number': key,
      'RO Status': 'C',
      'Open Date': slashed(opened),
      [spec.dms === 'SAMPLE B' ? 'Closed RO Date' : 'Close Date']: slashed(closed),
      'RO Department': 'S',
      'Service Advisor Number': '0815',
      'Service Advisor Name': 'CANARY ADVISOR',
      'Appointment Number': hasAppointment ? padded(index, 5) : '',
      'Total Sale': money(labor + parts),
      'Total Cost': money(Math.floor((labor + parts) / 2)),
      'Total Labor Sale': money(labor),
      'Total Parts Sale': money(parts),
      'Customer Total Sale': money(labor + parts),
      'Warranty Total Sale': '0.00',
      // The second operation has no line number, the third two pieces of labor.
      'Operation Codes': 'OIL|INSP|BRK',
      'Operation Code Descriptions': 'OIL CHANGE|INSPECTION|BRAKES',
      'Operation Line Number': '1||3',
      'Operation Sale Types': 'C|C|W',
      'Operation Line Sale': `${money(labor)}||0.00`,
      'Labor Sale': `${money(labor)}||10.00^1,020.50`,
      'Labor Tech Hours': '0.5||1.0^',
      'Tech Number': '12||7^012',
      'Tech Name': 'CANARY TECHNICIAN',
      'Labor Comments': 'CANARY COMMENT',
      'Labor Complaint': 'CANARY COMPLAINT',
      'License Plate Number': 'CANARY PLATE',
      VIN: vin,
      Year: '2021',
      Make: 'SAMPLE',
      Model: 'SAMPLE MODEL',
      'RO Mileage': grouped(mileage),
      ...contact.raw,
    },
    truth: {
      ro_number: key,
      external_account_id: spec.id,
      ro_status: 'C',
      open_date: opened,
      close_date: closed,
      appointment_number: hasAppointment ? padded(index, 5) : null,
      service_advisor_number: '0815',
      total_sale: plain(labor + parts),
      total_labor_sale: plain(labor),
      total_parts_sale: plain(parts),
      customer_total_sale: plain(labor + parts),
      vin,
      ro_mileage: mileage,
      operations: operationsOf(plain(labor)),
      ...contact.truth,
    },
  }
}

function operationsOf(labor: string): unknown[] {
  const piece = { cost: null, sale: null, tech_hours: null, bill_hours: null, technician: null }
  const operation = { cost: null, upsell: null }
  return [
    {
      ...operation,
      code: 'OIL',
      description: 'OIL CHANGE',
      line: '1',
      sale_type: 'C',
      sale: labor,
      labor: [{ ...piece, sale: labor, tech_hours: '0.5', technician: '12' }],
    },
    {
      ...operation,
      code: 'INSP',
      description: 'INSPECTION',
      line: null,
      sale_type: 'C',
      sale: null,
      labor: [],
    },
    {
      ...operation,
      code: 'BRK',
      description: 'BRAKES',
      line: '3',
      sale_type: 'W',
      sale: '0.00',
      labor: [
        { ...piece, sale: '10.00', tech_hours: '1.0', technician: '7' },
        { ...piece, sale: '1020.50', technician: '012' },
      ],
    },
  ]
}
