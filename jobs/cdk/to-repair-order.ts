import type { RecordOf } from '../../src/job/columns'
import * as read from '../../src/lib/read-fields'
import type { repairOrderColumns } from './columns'
import {
  amount,
  count,
  day,
  fieldsIn,
  flag,
  personColumnsOf,
  placeIn,
  whole,
  word,
  type MapperOptions,
} from './fields'

export type RepairOrderRecord = RecordOf<typeof repairOrderColumns>

/** A repair order as it is stored, from one as it came; see `toSale`. Remarks, stories and comments are never mapped. */
export function toRepairOrder(
  raw: unknown,
  { department, externalId, pseudonym }: MapperOptions,
): RepairOrderRecord {
  const order = read.fieldsOf(raw)
  const vehicle = read.fieldsOf(order['vehicle'])
  const customer = read.fieldsOf(order['customer'])
  const openDate = day(order['openDate'])
  const closedDate = day(order['closedDate'])
  const mapped = {
    department_id: department,
    ro_number: read.text(order['roNumber']),
    external_account_id: externalId,
    host_item_id: read.text(order['hostItemId']),
    status_code: read.text(order['statusCode']),
    status_description: read.text(order['statusDesc']),
    open_date: openDate,
    closed_date: closedDate,
    posted_date: day(order['postedDate']),
    voided_date: day(order['voidedDate']),
    promised_date: day(order['promisedDate']),
    filed_date: closedDate ?? openDate,
    mileage: whole(order['mileage']),
    mileage_out: whole(order['mileageOut']),
    service_advisor: read.text(order['serviceAdvisor']),
    has_customer_pay: flag(order['hasCustPayFlag']),
    has_internal_pay: flag(order['hasIntPayFlag']),
    has_warranty_pay: flag(order['hasWarrPayFlag']),
    is_customer_waiting: flag(order['isCustomerWaiting']),
    is_comeback: flag(order['comebackFlag']),
    total_payment_made: read.decimal(order['totalPaymentMade']),
    balance_due: read.decimal(order['payBalanceDue']),
    vehicle_id: read.text(vehicle['vehId']),
    vin: read.text(vehicle['vin']),
    vehicle_year: whole(vehicle['year']),
    make: read.text(vehicle['make']),
    make_name: read.text(vehicle['makeDesc']),
    model: read.text(vehicle['model']),
    model_name: read.text(vehicle['modelDesc']),
    totals: fieldsIn(order['totals']).map(totalOf),
    lines: fieldsIn(order['operations']).map(lineOf),
    customer_id: read.text(customer['custId'] ?? customer['customerId']),
    ...personColumnsOf(
      {
        emails: [
          order['contactEmailAddress'],
          ...fieldsIn(customer['emailAddresses']).map((email) => email['address']),
        ],
        phones: [
          order['contactPhoneNumber'],
          ...fieldsIn(customer['phoneNumbers']).map((phone) => phone['number']),
        ],
        ...placeIn(read.fieldsOf(customer['address'])['cityStateZip']),
      },
      pseudonym,
    ),
  }
  return mapped as unknown as RepairOrderRecord
}

const totalOf = (total: read.Fields): Record<string, unknown> => ({
  pay_type: word(total['payType']),
  labor_sale: amount(total['laborSale']),
  parts_sale: amount(total['partsSale']),
  misc_sale: amount(total['miscSale']),
  sublet_sale: amount(total['subletSale']),
  ro_sale: amount(total['roSale']),
  ro_cost: amount(total['roCost']),
  ro_tax: amount(total['roTax']),
  sold_hours: amount(total['soldHours']),
  actual_hours: amount(total['actualHours']),
  labor_count: count(total['laborCount']),
})

/** Some versions put each line into an object of its own. */
function lineOf(operation: read.Fields): Record<string, unknown> {
  const line = 'line' in operation ? read.fieldsOf(operation['line']) : operation
  return {
    line_code: word(line['lineCode']),
    status_code: word(line['statusCode']),
    labor: fieldsIn(line['laborOperations']).map((labor) => ({
      op_code: word(labor['opCode']),
      description: word(labor['opCodeDesc']),
      labor_type: word(labor['laborType'] ?? labor['type']),
      sold_hours: amount(labor['soldHours']),
      sale: amount(labor['sale']),
      cost: amount(labor['cost']),
      technician_ids: Array.isArray(labor['technicianIds']) ? labor['technicianIds'].map(word) : [],
      parts: fieldsIn(labor['parts']).map(partOf),
    })),
  }
}

const partOf = (part: read.Fields): Record<string, unknown> => ({
  number: word(part['number']),
  description: word(part['desc']),
  quantity: amount(part['qtySold']),
  sale: amount(part['sale']),
  cost: amount(part['cost']),
})
