import { boolean, date, integer, json, nullable, numeric, text, texts } from '../../src/job/columns'

/** Of a person only where they live, roughly, and keyed hashes: emptied for good when the person asks for it. */
const personColumns = {
  /** HMACs of normalised addresses. */
  email_hashes: nullable(texts()),
  /** HMACs of numbers as E.164. */
  phone_hashes: nullable(texts()),
  city: nullable(text()),
  state: nullable(text()),
  postal_code: nullable(text()),
}

export const personalNames = ['email_hashes', 'phone_hashes', 'city', 'state', 'postal_code'] as const

/** A deal. Days are as the vendor writes them, in UTC. */
export const saleColumns = {
  department_id: text(),
  /** The vendor's `hostItemId`, or the deal's number where there is none. */
  sale_id: text(),
  external_account_id: text(),
  deal_no: nullable(text()),
  branch: nullable(text()),
  deal_type: nullable(text()),
  /** Cash, Finance or Lease. */
  sale_type: nullable(text()),
  fi_deal_type: nullable(text()),
  sales_deal_type: nullable(text()),
  /** C, B, P, F, I or U. */
  status_code: nullable(text()),
  deal_source: nullable(text()),

  creation_date: nullable(date()),
  contract_date: nullable(date()),
  sales_date: nullable(date()),
  accounting_date: nullable(date()),
  /** The day that the vendor's own windows go by: of accounting, of creation while the deal is open. */
  filed_date: nullable(date()),
  finalized_date: nullable(date()),
  delivered_date: nullable(date()),
  /** `{code, date}` of each, in the vendor's order. */
  deal_events: nullable(json()),

  cash_price: nullable(numeric()),
  cost_price: nullable(numeric()),
  msrp: nullable(numeric()),
  out_the_door_price: nullable(numeric()),
  front_gross: nullable(numeric()),
  back_gross: nullable(numeric()),
  gross_profit: nullable(numeric()),
  total_gross: nullable(numeric()),
  fi_income: nullable(numeric()),
  finance_amount: nullable(numeric()),
  apr: nullable(numeric()),
  term: nullable(integer()),
  payment_amount: nullable(numeric()),
  cash_down: nullable(numeric()),
  total_down: nullable(numeric()),
  lease_payment: nullable(numeric()),
  finance_source: nullable(text()),

  vin: nullable(text()),
  stock_no: nullable(text()),
  vehicle_year: nullable(integer()),
  make: nullable(text()),
  make_name: nullable(text()),
  model: nullable(text()),
  model_name: nullable(text()),
  model_type: nullable(text()),
  body_style: nullable(text()),
  color: nullable(text()),
  vehicle_mileage: nullable(integer()),
  vehicle_age: nullable(integer()),
  vehicle_sale_company: nullable(text()),
  vehicle_inventory_company: nullable(text()),
  vehicle_cost: nullable(numeric()),

  /** Numbers of employees. */
  salesperson_1: nullable(text()),
  salesperson_2: nullable(text()),
  salesperson_3: nullable(text()),
  sales_manager: nullable(text()),
  closing_manager: nullable(text()),
  fi_manager_1: nullable(text()),
  fi_manager_2: nullable(text()),

  total_trades_net: nullable(numeric()),
  /** `{vin, year, make, model, mileage, acv, gross, pay_off, net}` of each; money as text. */
  trades: nullable(json()),

  buyer_customer_id: nullable(text()),
  /** Whether the buyer is a person or a company, in the vendor's code. */
  buyer_code: nullable(text()),
  ...personColumns,
  /** Of a second buyer nothing else is kept. */
  co_buyer_customer_id: nullable(text()),
}

export const repairOrderColumns = {
  department_id: text(),
  ro_number: text(),
  external_account_id: text(),
  host_item_id: nullable(text()),
  status_code: nullable(text()),
  status_description: nullable(text()),
  open_date: nullable(date()),
  closed_date: nullable(date()),
  posted_date: nullable(date()),
  voided_date: nullable(date()),
  promised_date: nullable(date()),
  /** The day that the vendor's own windows go by: of closing, of opening while it is open. */
  filed_date: nullable(date()),
  mileage: nullable(integer()),
  mileage_out: nullable(integer()),
  service_advisor: nullable(text()),
  has_customer_pay: nullable(boolean()),
  has_internal_pay: nullable(boolean()),
  has_warranty_pay: nullable(boolean()),
  is_customer_waiting: nullable(boolean()),
  is_comeback: nullable(boolean()),
  total_payment_made: nullable(numeric()),
  balance_due: nullable(numeric()),
  vehicle_id: nullable(text()),
  vin: nullable(text()),
  vehicle_year: nullable(integer()),
  make: nullable(text()),
  make_name: nullable(text()),
  model: nullable(text()),
  model_name: nullable(text()),
  /** By kind of pay; money and hours as text. */
  totals: nullable(json()),
  /** Lines with their labour operations and parts, without anything that somebody wrote in words. */
  lines: nullable(json()),
  customer_id: nullable(text()),
  ...personColumns,
}

export const appointmentColumns = {
  department_id: text(),
  appointment_id: text(),
  external_account_id: text(),
  appointment_date: nullable(date()),
  /** As the vendor writes it, in the dealership's own time. */
  appointment_time: nullable(text()),
  opened_date: nullable(date()),
  promise_date: nullable(date()),
  is_no_show: nullable(boolean()),
  is_waiting: nullable(boolean()),
  transportation_type: nullable(text()),
  service_advisor: nullable(text()),
  estimated_total: nullable(numeric()),
  total_duration: nullable(numeric()),
  origin_code: nullable(text()),
  vehicle_id: nullable(text()),
  vin: nullable(text()),
  vehicle_year: nullable(integer()),
  make: nullable(text()),
  model: nullable(text()),
  /** `{op_code, description, labor_type, sale}` of each; money as text. */
  details: nullable(json()),
  customer_id: nullable(text()),
  ...personColumns,
}

export const customerColumns = {
  department_id: text(),
  customer_id: text(),
  external_account_id: text(),
  added_date: nullable(date()),
  updated_date: nullable(date()),
  blocks_email: nullable(boolean()),
  blocks_mail: nullable(boolean()),
  blocks_phone: nullable(boolean()),
  /** The customer asked that personal data be neither sold nor shared. */
  has_opted_out: nullable(boolean()),
  opted_out_date: nullable(date()),
  /** The customer asked for personal data to be deleted. */
  wants_deletion: nullable(boolean()),
  deletion_date: nullable(date()),
  ...personColumns,
}
