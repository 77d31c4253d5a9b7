import { contactFields } from './contact-fields'
import {
  keyText,
  rooftopFields,
  someAmount,
  someCapitals,
  someDay,
  someText,
  someWhole,
  someYesNo,
  vehicleFields,
} from './fields'

/** A service appointment (feed `SV_APPT`). Of advisors the number, never the name. */
export const appointmentFields = {
  appointment_number: keyText('Appointment Number'),
  ...rooftopFields,

  appointment_date: someDay('Appointment Date'),
  /** The dealership's own time of day, as the DMS writes it. */
  appointment_time: someText('Appointment Time'),
  appointment_create_date: someDay('Appointment Create Date'),
  ro_number: someText('RO Number'),
  last_ro_date: someDay('Last RO Date'),
  last_ro_miles: someWhole('Last RO Miles'),
  promise_date: someDay('Promise Date'),
  operation_code: someText('Operation Code'),
  operation_code_description: someText('Operation Code Description'),
  service_advisor_number: someText('Service Advisor Number'),
  sale_type: someText('Sale Type'),
  waiting_flag: someYesNo('Waiting Flag'),
  loaner_flag: someYesNo('Loaner Flag'),
  alternate_transportation: someText('Alternate Transportation'),
  estimate_amount: someAmount('Estimate Amount'),

  vin: someCapitals('VIN'),
  ...vehicleFields,
  appointment_mileage: someWhole('Appointment Mileage'),

  ...contactFields,
}
