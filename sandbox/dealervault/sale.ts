import { oneOf } from '../random'
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

const makes = ['SAMPLE', 'EXAMPLE', 'SPECIMEN'] as const

/** A deal: booked, and finalized a while later. */
export function saleOf(dms: Dms): DmsRecord {
  const { at, now, index, spec } = dms
  const finalAt = at + chanceIn(dms, 'finalized after') * spec.changedWithin
  const isFinal = chanceIn(dms, 'finalized') < 0.85 && finalAt <= now
  const touchedAt = isFinal ? finalAt : at
  const key = padded(index + 117, 7)
  const price = 1_500_000 + Math.floor(chanceIn(dms, 'price') * 6_000_000)
  const front = Math.floor((chanceIn(dms, 'front') - 0.2) * 400_000)
  const back = Math.floor(chanceIn(dms, 'back') * 200_000)
  const mileage = Math.floor(chanceIn(dms, 'mileage') * 90_000)
  const isNew = mileage < 30_000
  const make = oneOf(makes, chanceIn(dms, 'make'))
  const contact = contactOf(dms)
  const booked = dayAt(dms, at)
  const final = isFinal ? dayAt(dms, finalAt) : null
  const vin = vinOf(index, spec.id)
  return {
    key,
    touchedAt,
    raw: {
      ...head(dms, 'SL'),
      'Deal Number': ` ${key}`,
      ...contact.raw,
      'Deal Status': isFinal ? 'F' : 'B',
      'Deal Type': 'FINANCE',
      'Sale Type': 'RETAIL',
      'Entry Date': slashed(booked),
      'Contract Date': slashed(booked),
      'Booked Date': slashed(booked),
      'Finalized Date': slashed(final),
      'Status Change Date': slashed(dayAt(dms, touchedAt)),
      'Delivery Date': slashed(booked),
      VIN: vin.toLowerCase(),
      Year: '2025',
      Make: make,
      Model: 'SAMPLE MODEL',
      'New/Used': isNew ? 'N' : 'U',
      [spec.dms === 'SAMPLE B' ? 'STOCK NUMBER' : 'Stock Number']: `T${padded(index, 5)}`,
      Mileage: grouped(mileage),
      'License Plate Number': 'CANARY PLATE',
      MSRP: money(price + 100_000),
      'Sales Price': money(price),
      Cost: money(price - front),
      'Front Gross': money(front),
      'Back Gross': money(back),
      'Total Profit': money(front + back),
      'Finance Reserve': '',
      'Amount Financed': money(price - 500_000),
      APR: '5.990',
      Term: '72',
      'Monthly Payment': '512.07',
      'Down Payment': '5,000.00',
      'Bank Name': 'CANARY BANK',
      'Salesman 1 Number': padded(index % 12, 3),
      [spec.dms === 'SAMPLE B' ? 'Salesman' : 'Salesman 1 Name']: 'CANARY SALESMAN',
      'Finance Manager Number': '0042',
      'Finance Manager Name': 'CANARY MANAGER',
      'Trade 1 VIN': '',
      'Trade 1 Actual Cash Value': '',
      'Sale Comments': 'CANARY COMMENT',
    },
    truth: {
      deal_number: key,
      external_account_id: spec.id,
      deal_status: isFinal ? 'F' : 'B',
      contract_date: booked,
      finalized_date: final,
      status_change_date: dayAt(dms, touchedAt),
      vin,
      make,
      new_used: isNew ? 'N' : 'U',
      stock_number: `T${padded(index, 5)}`,
      mileage,
      sales_price: plain(price),
      front_gross: plain(front),
      back_gross: plain(back),
      total_profit: plain(front + back),
      apr: '5.99',
      salesman_1_number: padded(index % 12, 3),
      ...contact.truth,
    },
  }
}
