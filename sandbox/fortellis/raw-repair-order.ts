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

/** What a copy of a repair order is compared by; amounts in cents. */
export function repairOrderFacts({ index, chance, at, changed }: Making) {
  const labor = 8_000 + Math.floor(chance('labor') * 90_000) + (at[1] === undefined ? 0 : 4_500)
  return {
    roNumber: String(600_000 + index),
    status: at[3] !== undefined ? 'V' : at[2] !== undefined ? 'C' : at[1] !== undefined ? 'W' : 'O',
    mileage: 1_000 + Math.floor(chance('mileage') * 90_000),
    paid: at[2] === undefined ? 0 : labor,
    labor,
    ...changed,
  }
}

/** A repair order: opened, worked on, closed, and now and then voided afterwards. */
export function repairOrderAt(making: Making): Snapshot {
  const { index, department, at, customerId } = making
  const facts = repairOrderFacts(making)
  const [opened = 0, , closed, voided] = at
  const isText = index % 2 === 0
  const cents = (amount: number) => money(amount, isText)
  const raw: Raw = {
    roNumber: isText ? facts.roNumber : Number(facts.roNumber),
    hostItemId: facts.roNumber,
    statusCode: facts.status,
    openDate: dayText(opened),
    closedDate: dayOrNull(closed),
    postedDate: dayOrNull(closed),
    voidedDate: dayOrNull(voided),
    mileage: isText ? String(facts.mileage) : facts.mileage,
    serviceAdvisor: 20 + (index % 5),
    hasCustPayFlag: true,
    hasIntPayFlag: isText ? 'false' : false,
    hasWarrPayFlag: false,
    isCustomerWaiting: index % 3 === 0,
    comebackFlag: false,
    totalPaymentMade: cents(facts.paid),
    payBalanceDue: cents(facts.labor - facts.paid),
    comments: 'CANARY COMMENT',
    remarks: 'CANARY REMARK',
    contactEmailAddress: contactOf(index).email,
    vehicle: {
      vehId: `V${index}`,
      vin: vinOf(index, department),
      year: 2020,
      makeDesc: 'SAMPLE',
      licenseNumber: 'CANARY PLATE',
    },
    customer: personOf(index, customerId, isText),
    totals: [{ payType: 'C', laborSale: cents(facts.labor), roSale: cents(facts.labor), laborCount: 1 }],
    operations: [lineOf(facts.labor, isText)],
    payments: [{ code: 'CASH', paymentAmount: '1.00' }],
  }
  return { id: facts.roNumber, raw, isClosed: closed !== undefined, filed: dayText(closed ?? opened) }
}

function personOf(index: number, customerId: string, isOld: boolean): Raw {
  const [city, state, postalCode] = placeOf(index)
  const { email, phone } = contactOf(index)
  return {
    [isOld ? 'customerId' : 'custId']: customerId,
    name1: 'CANARY CUSTOMER',
    name2: 'CANARY SECOND',
    address: {
      addressLine1: 'CANARY STREET 2',
      addressLine2: 'CANARY FLAT',
      cityStateZip: `${city}, ${state} ${postalCode}`,
    },
    emailAddresses: [{ address: email, desc: 'CANARY DESCRIPTION' }],
    phoneNumbers: [{ description: 'MAIN', number: phone.replace('+1 ', ''), extension: '' }],
  }
}

function lineOf(labor: number, isOld: boolean): Raw {
  const line = {
    lineCode: 'A',
    serviceRequest: 'CANARY REQUEST',
    cause: 'CANARY CAUSE',
    storyText: 'CANARY STORY',
    actualWork: 'CANARY WORK',
    statusCode: 'C',
    laborOperations: [
      {
        opCode: 'LOF',
        opCodeDesc: 'LUBE OIL FILTER',
        type: 'CM',
        soldHours: isOld ? '0.50' : 0.5,
        sale: money(labor, isOld),
        cost: '12.00',
        technicianIds: ['31', 'MULT'],
        parts: [{ number: 'P-1', desc: 'FILTER', qtySold: 1, sale: '9.95', cost: 4 }],
      },
    ],
  }
  return isOld ? { line } : line
}
