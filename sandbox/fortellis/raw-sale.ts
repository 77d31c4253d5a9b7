import { oneOf } from '../random'
import {
  contactOf,
  dayOrNull,
  dayText,
  money,
  placeOf,
  vinOf,
  type Making,
  type Raw,
  type Snapshot,
} from './raw'

/** The amounts of a deal in cents, and what else a copy is compared by. */
export function saleFacts({ index, chance, at, changed }: Making) {
  const isRebooked = at[3] !== undefined
  const cashPrice = 1_800_000 + Math.floor(chance('price') * 4_000_000)
  const frontGross = Math.floor(chance('front') * 300_000) - (isRebooked ? 12_345 : 0)
  const backGross = Math.floor(chance('back') * 200_000)
  return {
    dealNo: String(50_000 + index),
    // Deals that are only begun have no other name in some versions; these never get one.
    hostItemId: index % 11 === 5 ? '' : `1*${50_000 + index}`,
    saleType: oneOf(['Finance', 'Cash', 'Lease'], chance('type')),
    status: at[2] !== undefined ? 'F' : at[1] !== undefined ? 'B' : 'P',
    cashPrice,
    frontGross,
    backGross,
    year: 2019 + Math.floor(chance('year') * 8),
    model: oneOf(['Pickup', 'Sedan', 'Crossover'], chance('model')),
    ...changed,
  }
}

/** A deal: begun, booked, finalized, and now and then booked again. Versions differ in names and in how numbers come. */
export function saleAt(making: Making): Snapshot {
  const { index, department, at, customerId } = making
  const facts = saleFacts(making)
  const [created = 0, booked, finalized] = at
  const isOld = index % 3 === 0
  const cents = (amount: number) => money(amount, index % 2 === 0)
  const raw: Raw = {
    deal: {
      dealNo: facts.dealNo,
      hostItemId: facts.hostItemId,
      branch: '1',
      dealType: 'N',
      saleType: facts.saleType,
      fiWipStatusCode: facts.status,
      creationDate: dayText(created),
      contractDate: dayOrNull(booked),
      salesDate: dayOrNull(booked),
      accountingDate: dayOrNull(finalized),
      cashPrice: cents(facts.cashPrice),
      costPrice: cents(facts.cashPrice - facts.frontGross),
      [isOld ? 'mSRP' : 'msrp']: cents(facts.cashPrice + 50_000),
      frontGross: cents(facts.frontGross),
      backGross: cents(facts.backGross),
      apr: isOld ? '4.90' : 4.9,
      term: isOld ? '60' : 60,
      financeSource: 'SAMPLE BANK',
      lienHolderName: 'CANARY LIEN HOLDER',
      lienHolderAddress: 'CANARY LIEN STREET',
      customerComments: 'CANARY COMMENT',
      dealerDefined1: 'CANARY DEFINED',
      miscellaneous1: 'CANARY MISCELLANEOUS',
    },
    vehicle: {
      vin: vinOf(index, department),
      stockNo: `T${index}`,
      year: isOld ? String(facts.year) : facts.year,
      makeName: 'SAMPLE',
      modelName: facts.model,
      vehicleMileage: index,
      [isOld ? 'gLVehicleCost' : 'glVehicleCost']: cents(facts.cashPrice - facts.frontGross),
    },
    buyer: personOf(index, customerId),
    [isOld ? 'cobuyer' : 'coBuyer']: index % 4 === 0 ? personOf(index + 1, `9${customerId}`) : {},
    salesPersons: { salesperson1: String(400 + (index % 9)), [isOld ? 'fiMgr1' : 'fIMgr1']: '77' },
    [isOld ? 'trade' : 'trades']: { tradeDetails: tradesOf(index) },
    totals: { totalGross: cents(facts.frontGross + facts.backGross), totalDown: cents(100_000) },
    dealEvents: {
      events: [
        { dealEvent: 'P', dealEventDate: dayText(created) },
        ...(booked === undefined ? [] : [{ dealEvent: 'B', dealEventDate: dayText(booked) }]),
        ...(finalized === undefined ? [] : [{ dealEvent: 'F', dealEventDate: dayText(finalized) }]),
      ],
      specialContract1: { reason: 'CANARY REASON' },
    },
    dealAuxiliary: Object.fromEntries(
      Array.from({ length: 50 }, (_, field) => [`fiAux${field + 1}`, 'CANARY AUXILIARY']),
    ),
    insurance: { mechanicalBreakDownInsurance: { policyNo: 'CANARY POLICY', eligComment: 'CANARY COMMENT' } },
  }
  return {
    id: facts.hostItemId || facts.dealNo,
    raw,
    isClosed: finalized !== undefined,
    filed: dayText(finalized ?? created),
  }
}

function personOf(index: number, customerId: string): Raw {
  const { email, phone } = contactOf(index)
  const [city, state, postalCode] = placeOf(index)
  return {
    customerId,
    custOrCompanyCode: 'C',
    fullName: 'CANARY BUYER',
    secondaryFullName: 'CANARY SECOND',
    homePhone: phone,
    businessPhone: '',
    emailAddresses: [
      { type: 'HOME', address: index % 5 === 0 ? 'NA' : email },
      { type: 'WORK', address: 'CD' },
    ],
    birthDate: { day: 'CANARY DAY', month: 'CANARY MONTH', year: 'CANARY YEAR' },
    postalAddress: { addressLine1: 'CANARY STREET 1', city, state, postalCode, country: 'US' },
  }
}

const tradesOf = (index: number): Raw[] =>
  index % 3 === 1
    ? [
        {
          tradeVIN: `2ZZ${index}`,
          tradeYear: '2014',
          tradeMake: 'SAMPLE',
          tradeACV: '6500.50',
          netTrade: 1200.25,
        },
      ]
    : []
