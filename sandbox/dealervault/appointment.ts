import { contactOf } from './contact'
import {
  chanceIn,
  dayAt,
  daysLater,
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

/** A service appointment, made some days ahead. Most get a repair order. */
export function appointmentOf(dms: Dms): DmsRecord {
  const { at, now, index, spec } = dms
  const keptAt = at + chanceIn(dms, 'kept after') * spec.changedWithin
  const isKept = chanceIn(dms, 'kept') < 0.6 && keptAt <= now
  const key = padded(index, 5)
  const made = dayAt(dms, at)
  const day = daysLater(made, Math.floor(chanceIn(dms, 'days ahead') * 9))
  const estimate = Math.floor(chanceIn(dms, 'estimate') * 200_000)
  const mileage = 900 + Math.floor(chanceIn(dms, 'mileage') * 110_000)
  const isWaiting = index % 4 === 0
  const contact = contactOf(dms)
  const vin = vinOf(index % 40, spec.id)
  return {
    key,
    touchedAt: isKept ? keptAt : at,
    raw: {
      ...head(dms, 'SV_APPT'),
      'Appointment Number': key,
      'Appointment Date': slashed(day),
      'Appointment Time': '10:30 AM',
      'Appointment Create Date': slashed(made),
      'RO Number': isKept ? padded(index + 4401, 6) : '',
      'Operation Code': 'OIL',
      'Operation Code Description': 'OIL CHANGE',
      'Service Advisor Number': '0815',
      'Service Advisor Name': 'CANARY ADVISOR',
      'Waiting Flag': isWaiting ? 'Y' : 'N',
      'Loaner Flag': '',
      'Estimate Amount': money(estimate),
      Comment: 'CANARY COMMENT',
      Complaint: 'CANARY COMPLAINT',
      VIN: vin,
      Year: '2021',
      Make: 'SAMPLE',
      Model: 'SAMPLE MODEL',
      'Appointment Mileage': grouped(mileage),
      ...contact.raw,
    },
    truth: {
      appointment_number: key,
      external_account_id: spec.id,
      appointment_date: day,
      appointment_time: '10:30 AM',
      appointment_create_date: made,
      ro_number: isKept ? padded(index + 4401, 6) : null,
      operation_code: 'OIL',
      waiting_flag: isWaiting,
      loaner_flag: null,
      estimate_amount: plain(estimate),
      vin,
      appointment_mileage: mileage,
      ...contact.truth,
    },
  }
}
