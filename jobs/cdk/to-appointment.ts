import type { RecordOf } from '../../src/job/columns'
import * as read from '../../src/lib/read-fields'
import type { appointmentColumns } from './columns'
import {
  amount,
  day,
  fieldsIn,
  flag,
  personColumnsOf,
  placeIn,
  whole,
  word,
  type MapperOptions,
} from './fields'

export type AppointmentRecord = RecordOf<typeof appointmentColumns>

/** A service appointment as it is stored, from one as it came; see `toSale`. */
export function toAppointment(
  raw: unknown,
  { department, externalId, pseudonym }: MapperOptions,
): AppointmentRecord {
  const appointment = read.fieldsOf(raw)
  const vehicle = read.fieldsOf(appointment['vehicle'])
  const customer = read.fieldsOf(appointment['customer'])
  const mapped = {
    department_id: department,
    appointment_id: read.text(appointment['apptId']),
    external_account_id: externalId,
    appointment_date: day(appointment['apptDate']),
    appointment_time: read.text(appointment['apptTime']),
    opened_date: day(appointment['apptOpenDate']),
    promise_date: day(appointment['promiseDate']),
    is_no_show: flag(appointment['noShowFlag']),
    is_waiting: flag(appointment['waiterFlag']),
    transportation_type: read.text(appointment['transportationType']),
    // The vendor's own spelling comes first.
    service_advisor: read.text(appointment['seviceAdvisorId'] ?? appointment['serviceAdvisorId']),
    estimated_total: read.decimal(appointment['estimatedRoTotal']),
    total_duration: read.decimal(appointment['totalDuration']),
    origin_code: read.text(appointment['originCode']),
    vehicle_id: read.text(vehicle['vehId']),
    vin: read.text(vehicle['vin']),
    vehicle_year: whole(vehicle['modelYear'] ?? vehicle['year']),
    make: read.text(vehicle['make']),
    model: read.text(vehicle['model']),
    details: fieldsIn(appointment['appointmentDetails']).map((detail) => ({
      op_code: word(detail['opCode']),
      description: word(detail['opCodeDesc']),
      labor_type: word(detail['laborType']),
      sale: amount(detail['sale']),
    })),
    customer_id: read.text(customer['customerId'] ?? customer['custId']),
    ...personColumnsOf(
      {
        emails: [customer['emailAddress'], appointment['apptContactEmail']],
        phones: [
          customer['mobilePhone'],
          customer['homePhone'],
          customer['businessPhone'],
          appointment['apptContactPhone'],
        ],
        ...placeIn(read.fieldsOf(customer['postalAddress'])['cityStateZip']),
      },
      pseudonym,
    ),
  }
  return mapped as unknown as AppointmentRecord
}
