import { contactOf, dayText, placeOf, type Making, type Raw, type Snapshot } from './raw'

/** What a copy of a customer is compared by. */
export function customerFacts({ index, at, customerId, changed }: Making) {
  const [, moved, left] = at
  const [city, state, postalCode] = placeOf(index + (moved === undefined ? 0 : 1))
  return {
    customerId,
    city,
    state,
    postalCode,
    blocksEmail: index % 6 === 0,
    optedOut: left !== undefined && index % 2 === 0,
    wantsDeletion: left !== undefined && index % 2 === 1,
    updated: dayText(Math.max(...at.filter((event) => event !== undefined))),
    ...changed,
  }
}

/** A customer: added, sometimes moved, now and then with the wish to be forgotten. */
export function customerAt(making: Making): Snapshot {
  const { index, at } = making
  const facts = customerFacts(making)
  const { email, phone } = contactOf(index)
  const blocks = { blockEmailFlag: facts.blocksEmail, blockMailFlag: false, blockPhoneFlag: false }
  const isOld = index % 3 === 0
  const raw: Raw = {
    customerId: facts.customerId,
    hostItemId: facts.customerId,
    customerName: { firstName: 'CANARY FIRST', lastName: 'CANARY LAST', fullName: 'CANARY FULL' },
    secondaryCustomerName: { fullName: 'CANARY SECOND' },
    birthDate: { day: 'CANARY DAY', month: 'CANARY MONTH', year: 'CANARY YEAR' },
    gender: 'CANARY GENDER',
    employer: 'CANARY EMPLOYER',
    comment: 'CANARY COMMENT',
    insurance: { policy: { number: 'CANARY POLICY' }, insuranceAgency: { agentName: 'CANARY AGENT' } },
    specInstructions: { line1: 'CANARY INSTRUCTION' },
    contactMethods: {
      ...(isOld ? {} : blocks),
      primaryPhone: phone,
      mobilePhone: phone.replace(/\D/g, ''),
      emailAddresses: [{ type: 'HOME', address: email }],
    },
    ...(isOld ? blocks : {}),
    postalAddress: {
      addressLine1: 'CANARY STREET 5',
      city: facts.city,
      state: facts.state,
      postalCode: facts.postalCode,
      country: 'US',
    },
    dateAdded: dayText(at[0] ?? 0),
    lastUpdated: isOld ? `${facts.updated}T00:00:00Z` : facts.updated,
    optOutFlag: facts.optedOut,
    optOutDate: facts.optedOut ? facts.updated : '',
    isDeleteDataFlag: isOld ? String(facts.wantsDeletion) : facts.wantsDeletion,
    deleteDataDate: facts.wantsDeletion ? facts.updated : null,
  }
  return { id: facts.customerId, raw, isClosed: false, filed: dayText(at[0] ?? 0) }
}
