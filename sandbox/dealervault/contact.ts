import { oneOf } from '../random'
import { chanceIn, padded, slashed, type Dms, type RawRow, type TruthRow } from './dms-record'

type Place = readonly [city: string, state: string, zip: string, county: string]
const places: readonly [Place, ...Place[]] = [
  ['Springfield', 'OH', '45501', 'Clark'],
  ['Riverside', 'CA', '92501', 'Riverside'],
  ['Franklin', 'TN', '37064', 'Williamson'],
  ['Newark', 'NJ', '07102', 'Essex'],
]

/** One of a few dozen customers, who come again. Everything here that names a person must never leave the sync. */
export function contactOf(dms: Dms): { readonly raw: RawRow; readonly truth: TruthRow } {
  const customer = Math.floor(chanceIn(dms, 'customer') * 60)
  const [city, state, zip, county] = oneOf(places, (customer % 4) / 4)
  const number = padded(customer, 7)
  const flags = {
    'Opt Out': customer % 17 === 3 ? 'Y' : 'N',
    'Block Email': customer % 13 === 5 ? 'Y' : 'N',
    'Block Phone': customer % 11 === 7 ? 'Y' : '',
    'Block Mail': 'N',
  }
  const isB = dms.spec.dms === 'SAMPLE B'
  const email = `Canary.${customer}@mail.example`
  return {
    raw: {
      'Customer Number': number,
      'Individual/Business Flag': customer % 9 === 0 ? 'B' : 'I',
      ...namesOf(''),
      City: city,
      State: state,
      [isB ? 'ZIP CODE' : 'Zip']: zip,
      County: county,
      'Home Phone': '',
      'Cell Phone': `(312) 555-01${padded(customer, 2)}`,
      'Work Phone': '312-555-0199 ext 7',
      'Work Extension': 'CANARY EXTENSION',
      ...(isB ? { Email: email } : { 'Email 1': email, 'Email 2': `canary.second.${customer}@mail.example` }),
      'Birth Date': '1/1/1901',
      Language: 'EN',
      ...flags,
      'Customer Create Date': slashed('2019-05-06'),
      'Customer Last Activity Date': slashed('2026-01-02'),
      ...namesOf('Co-Buyer '),
      'Co-Buyer Email 1': `canary.co.${customer}@mail.example`,
      CASS_STD_LINE1: '1 CANARY STREET',
      CASS_STD_CITY: 'CANARY CITY',
      CASS_STD_ZIP4: 'CANARY',
    },
    truth: {
      customer_number: number,
      city,
      state,
      zip,
      opt_out: flags['Opt Out'] === 'Y',
      block_email: flags['Block Email'] === 'Y',
      block_phone: flags['Block Phone'] === 'Y' ? true : null,
    },
  }
}

const namesOf = (whose: string): RawRow => ({
  [`${whose}Full Name`]: 'CANARY PERSON',
  [`${whose}Salutation`]: 'CANARY MX',
  [`${whose}First Name`]: 'CANARY FIRST',
  [`${whose}Middle Name`]: 'CANARY MIDDLE',
  [`${whose}Last Name`]: 'CANARY LAST',
  [`${whose}Suffix`]: 'CANARY SUFFIX',
  [`${whose}Address Line 1`]: '1 CANARY STREET',
  [`${whose}Address Line 2`]: 'CANARY APARTMENT',
})
