import type { FortellisAccount, Standing } from './account'
import { departmentsOf, type Kind } from './account-spec'
import { dayOrNull, dayText, moneyText, placeOf, vinOf } from './raw'
import { appointmentFacts } from './raw-appointment'
import { customerFacts } from './raw-customer'
import { repairOrderFacts } from './raw-repair-order'
import { saleFacts } from './raw-sale'

export type TruthRow = Readonly<Record<string, unknown>>

/** What a faithful copy of a dealership holds at a time, by destination table. Of the forgotten it knows nothing personal. */
export function truthOf(account: FortellisAccount, now: number): Record<string, TruthRow[]> {
  const forgotten = forgottenIn(account, now)
  const rowsOf = (
    kind: Kind,
    row: (standing: Standing, isForgotten: (id: string) => boolean) => TruthRow,
  ): TruthRow[] =>
    departmentsOf(account.spec, kind).flatMap((department) =>
      [...account.standings(kind, department, account.moment(now))].map((standing) => ({
        department_id: department,
        external_account_id: account.spec.subscription_id,
        ...row(standing, (id) => forgotten.has(id)),
      })),
    )
  return {
    cdk_sales: rowsOf('sales', saleRow),
    cdk_repair_orders: rowsOf('repair_orders', repairOrderRow),
    cdk_appointments: rowsOf('appointments', appointmentRow),
    cdk_customers: rowsOf('customers', customerRow),
  }
}

function forgottenIn(account: FortellisAccount, now: number): Set<string> {
  const ids = new Set<string>()
  for (const department of departmentsOf(account.spec, 'customers'))
    for (const { making } of account.standings('customers', department, account.moment(now))) {
      const { customerId, optedOut, wantsDeletion } = customerFacts(making)
      if (optedOut || wantsDeletion) ids.add(customerId)
    }
  return ids
}

type IsForgotten = (customerId: string) => boolean

/** The place of whoever a record belongs to, unless that person is forgotten. */
function placeColumns(customerId: string, index: number, isForgotten: IsForgotten): TruthRow {
  if (isForgotten(customerId)) return { city: null, state: null, postal_code: null }
  const [city, state, postal_code] = placeOf(index)
  return { city, state, postal_code }
}

function saleRow({ id, making }: Standing, isForgotten: IsForgotten): TruthRow {
  const { index, department, at, customerId } = making
  const facts = saleFacts(making)
  const [created = 0, booked, finalized] = at
  return {
    sale_id: id,
    deal_no: facts.dealNo,
    sale_type: facts.saleType,
    status_code: facts.status,
    creation_date: dayText(created),
    contract_date: dayOrNull(booked),
    accounting_date: dayOrNull(finalized),
    cash_price: moneyText(facts.cashPrice),
    msrp: moneyText(facts.cashPrice + 50_000),
    front_gross: moneyText(facts.frontGross),
    back_gross: moneyText(facts.backGross),
    total_gross: moneyText(facts.frontGross + facts.backGross),
    vin: vinOf(index, department),
    vehicle_year: facts.year,
    model_name: facts.model,
    buyer_customer_id: customerId,
    co_buyer_customer_id: index % 4 === 0 ? `9${customerId}` : null,
    ...placeColumns(customerId, index, isForgotten),
  }
}

function repairOrderRow({ id, making }: Standing, isForgotten: IsForgotten): TruthRow {
  const { index, department, at, customerId } = making
  const facts = repairOrderFacts(making)
  const [opened = 0, , closed, voided] = at
  return {
    ro_number: id,
    status_code: facts.status,
    open_date: dayText(opened),
    closed_date: dayOrNull(closed),
    voided_date: dayOrNull(voided),
    mileage: facts.mileage,
    has_customer_pay: true,
    has_internal_pay: false,
    total_payment_made: moneyText(facts.paid),
    balance_due: moneyText(facts.labor - facts.paid),
    vin: vinOf(index, department),
    customer_id: customerId,
    ...placeColumns(customerId, index, isForgotten),
  }
}

function appointmentRow({ id, making }: Standing, isForgotten: IsForgotten): TruthRow {
  const { index, department, at, customerId } = making
  const facts = appointmentFacts(making)
  return {
    appointment_id: id,
    appointment_date: facts.date,
    appointment_time: facts.time,
    opened_date: dayText(at[0] ?? 0),
    is_no_show: facts.noShow,
    is_waiting: facts.transport === 'WAIT',
    transportation_type: facts.transport,
    estimated_total: moneyText(facts.estimate),
    vin: vinOf(index, department),
    customer_id: customerId,
    ...placeColumns(customerId, index, isForgotten),
  }
}

function customerRow({ making }: Standing, isForgotten: IsForgotten): TruthRow {
  const facts = customerFacts(making)
  const isGone = isForgotten(facts.customerId)
  return {
    customer_id: facts.customerId,
    added_date: dayText(making.at[0] ?? 0),
    updated_date: facts.updated,
    blocks_email: facts.blocksEmail,
    blocks_mail: false,
    has_opted_out: facts.optedOut,
    wants_deletion: facts.wantsDeletion,
    city: isGone ? null : facts.city,
    state: isGone ? null : facts.state,
    postal_code: isGone ? null : facts.postalCode,
  }
}
