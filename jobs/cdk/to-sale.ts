import type { RecordOf } from '../../src/job/columns'
import * as read from '../../src/lib/read-fields'
import type { saleColumns } from './columns'
import { amount, count, day, fieldsIn, personColumnsOf, whole, word, type MapperOptions } from './fields'

export type SaleRecord = RecordOf<typeof saleColumns>

/**
 * A deal as it is stored, from one as it came. Names field by field what is kept, so nothing new from the vendor slips in.
 * Never throws: a value that cannot be right is handed on, and the engine sets the record aside with the reason.
 */
export function toSale(raw: unknown, { department, externalId, pseudonym }: MapperOptions): SaleRecord {
  const sale = read.fieldsOf(raw)
  const buyer = read.fieldsOf(sale['buyer'])
  const coBuyer = read.fieldsOf(sale['coBuyer'] ?? sale['cobuyer'])
  const mapped = {
    department_id: department,
    external_account_id: externalId,
    ...dealOf(read.fieldsOf(sale['deal'])),
    ...eventsOf(read.fieldsOf(sale['dealEvents'])),
    ...vehicleOf(read.fieldsOf(sale['vehicle'])),
    ...staffOf(read.fieldsOf(sale['salesPersons'])),
    ...totalsOf(read.fieldsOf(sale['totals'])),
    trades: fieldsIn(read.fieldsOf(sale['trades'] ?? sale['trade'])['tradeDetails']).map(tradeOf),
    buyer_customer_id: read.text(buyer['customerId']),
    buyer_code: read.text(buyer['custOrCompanyCode']),
    ...buyerOf(buyer, pseudonym),
    co_buyer_customer_id: read.text(coBuyer['customerId']),
  }
  // The engine checks every value against the stream's columns: until then they are only believed to fit.
  return mapped as unknown as SaleRecord
}

function dealOf(deal: read.Fields): Record<string, unknown> {
  const accountingDate = day(deal['accountingDate'])
  const creationDate = day(deal['creationDate'])
  return {
    sale_id: read.text(deal['hostItemId']) ?? read.text(deal['dealNo']),
    deal_no: read.text(deal['dealNo']),
    branch: read.text(deal['branch']),
    deal_type: read.text(deal['dealType']),
    sale_type: read.text(deal['saleType']),
    fi_deal_type: read.text(deal['fiDealType']),
    sales_deal_type: read.text(deal['slsDealType']),
    status_code: read.text(deal['fiWipStatusCode']),
    deal_source: read.text(deal['dealSource']),

    creation_date: creationDate,
    contract_date: day(deal['contractDate']),
    sales_date: day(deal['salesDate']),
    accounting_date: accountingDate,
    filed_date: accountingDate ?? creationDate,

    cash_price: read.decimal(deal['cashPrice']),
    cost_price: read.decimal(deal['costPrice']),
    msrp: read.decimal(deal['msrp'] ?? deal['mSRP']),
    out_the_door_price: read.decimal(deal['outTheDoorPrice']),
    front_gross: read.decimal(deal['frontGross']),
    back_gross: read.decimal(deal['backGross']),
    gross_profit: read.decimal(deal['grossProfit']),
    fi_income: read.decimal(deal['fiIncome']),
    finance_amount: read.decimal(deal['financeAmt']),
    apr: read.decimal(deal['apr']),
    term: whole(deal['term']),
    payment_amount: read.decimal(deal['paymentAmt']),
    cash_down: read.decimal(deal['cashDown']),
    lease_payment: read.decimal(deal['leasePayment']),
    finance_source: read.text(deal['financeSource']),
  }
}

function eventsOf({ events }: read.Fields): Record<string, unknown> {
  const list = fieldsIn(events).map((event) => ({
    code: word(event['dealEvent']),
    date: word(day(event['dealEventDate'])),
  }))
  const lastOf = (code: string) => list.findLast((event) => event.code === code)?.date ?? null
  return { deal_events: list, finalized_date: lastOf('F'), delivered_date: lastOf('D') }
}

const vehicleOf = (vehicle: read.Fields): Record<string, unknown> => ({
  vin: read.text(vehicle['vin']),
  stock_no: read.text(vehicle['stockNo']),
  vehicle_year: whole(vehicle['year']),
  make: read.text(vehicle['make']),
  make_name: read.text(vehicle['makeName']),
  model: read.text(vehicle['model']),
  model_name: read.text(vehicle['modelName']),
  model_type: read.text(vehicle['modelType']),
  body_style: read.text(vehicle['bodyStyle']),
  color: read.text(vehicle['color']),
  vehicle_mileage: whole(vehicle['vehicleMileage']),
  vehicle_age: whole(vehicle['age']),
  vehicle_sale_company: read.text(vehicle['vehSaleCompany']),
  vehicle_inventory_company: read.text(vehicle['vehInventoryCompany']),
  vehicle_cost: read.decimal(vehicle['glVehicleCost'] ?? vehicle['gLVehicleCost']),
})

const staffOf = (staff: read.Fields): Record<string, unknown> => ({
  salesperson_1: read.text(staff['salesperson1']),
  salesperson_2: read.text(staff['salesperson2']),
  salesperson_3: read.text(staff['salesperson3']),
  sales_manager: read.text(staff['salesMgr']),
  closing_manager: read.text(staff['closingMgr']),
  fi_manager_1: read.text(staff['fIMgr1'] ?? staff['fiMgr1']),
  fi_manager_2: read.text(staff['fIMgr2'] ?? staff['fiMgr2']),
})

const totalsOf = (totals: read.Fields): Record<string, unknown> => ({
  total_gross: read.decimal(totals['totalGross']),
  total_down: read.decimal(totals['totalDown']),
  total_trades_net: read.decimal(totals['totalTradesNet']),
})

const tradeOf = (trade: read.Fields): Record<string, unknown> => ({
  vin: word(trade['tradeVIN']),
  year: count(trade['tradeYear']),
  make: word(trade['tradeMake']),
  model: word(trade['tradeModel']),
  mileage: count(trade['tradeMileage']),
  acv: amount(trade['tradeACV']),
  gross: amount(trade['tradeGross']),
  pay_off: amount(trade['tradePayOff']),
  net: amount(trade['netTrade']),
})

function buyerOf(buyer: read.Fields, pseudonym: MapperOptions['pseudonym']): Record<string, unknown> {
  const address = read.fieldsOf(buyer['postalAddress'])
  const phones = fieldsIn(buyer['phones']).flatMap(({ number, phoneNumber }) => [number, phoneNumber])
  return personColumnsOf(
    {
      emails: fieldsIn(buyer['emailAddresses']).map((email) => email['address']),
      phones: [buyer['homePhone'], buyer['businessPhone'], ...phones],
      country: address['country'],
      city: address['city'],
      state: address['state'],
      postalCode: address['postalCode'],
    },
    pseudonym,
  )
}
