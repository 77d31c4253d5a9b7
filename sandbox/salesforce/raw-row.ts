import { days } from '../../src/lib/durations'
import { oneOf } from '../random'
import type { Version } from './history'
import { idOf } from './ids'
import type { BookObject } from './objects'

/** A row as the vendor answers it. */
export type RawRow = Record<string, unknown>

export interface RowMaking {
  readonly object: BookObject
  readonly id: string
  readonly index: number
  readonly bornAt: number
  readonly version: Version
  readonly dealerId: string
  readonly place: string
  /** From 0 up to 1, the same for the same row and purpose. */
  readonly chance: (purpose: string) => number
  /** The id of some row of another object of the same dealership; null where there is none. */
  readonly some: (object: BookObject, purpose: string) => string | null
}

/** All fields of a generated row. Those that must never leave a sync say so in capitals. */
export function rawRowOf(making: RowMaking): RawRow {
  const { id, bornAt, version, dealerId, place, chance, object } = making
  const owner = { OwnerId: idOf('User', place, Math.floor(chance('owner') * 5)) }
  return {
    Id: id,
    IsDeleted: version.isDeleted,
    CreatedDate: instantText(bornAt),
    LastModifiedDate: instantText(version.stamp),
    SystemModstamp: instantText(version.stamp),
    Dealer_Id__c: dealerId,
    ...(object === 'CampaignMember' ? {} : owner),
    ...makers[object](making),
  }
}

/** As the vendor writes instants: in UTC, the offset without a colon. */
export const instantText = (at: number): string => new Date(at).toISOString().replace('Z', '+0000')

export const dayText = (at: number): string => new Date(at).toISOString().slice(0, 10)

type Place = readonly [city: string, state: string, code: string, country: string]
const places: readonly [Place, ...Place[]] = [
  ['Springfield', 'OH', '45501', 'USA'],
  ['Riverside', 'CA', '92501', 'United States'],
  ['Kingston', 'ON', 'K7L 1A1', 'Canada'],
]
const sources = ['Web', 'Phone Inquiry', 'Partner Referral', 'Other'] as const

const phoneOf = (index: number): string => `(312) 555-01${String(index % 100).padStart(2, '0')}`

const makers: Readonly<Record<BookObject, (making: RowMaking) => RawRow>> = {
  Account: ({ index, version, chance, some, bornAt }) => {
    const [city, state, code, country] = oneOf(places, chance('place'))
    return {
      Name: `Fleet customer ${index}${version.phase === 1 ? ' (renamed)' : ''}`,
      Type: oneOf(['Customer', 'Prospect', 'Partner'], chance('type')),
      ParentId: chance('has parent') < 0.1 ? some('Account', 'parent') : null,
      MasterRecordId: version.mergedInto ?? null,
      Industry: chance('industry') < 0.3 ? null : 'Transportation',
      AccountSource: oneOf(sources, chance('source')),
      Phone: phoneOf(index),
      Website: `https://customer-${index}.example`,
      BillingStreet: `${index} CANARY STREET`,
      BillingCity: city,
      BillingState: state,
      BillingPostalCode: code,
      BillingCountry: country,
      NumberOfEmployees: Math.floor(chance('employees') * 500),
      AnnualRevenue: Math.round(chance('revenue') * 1e9) / 100,
      LastActivityDate: version.phase === 1 ? dayText(version.stamp) : dayText(bornAt),
      Internal_Note__c: 'CANARY NOTE',
    }
  },
  Lead: ({ index, version, chance, some }) => {
    const [city, state, code, country] = oneOf(places, chance('place'))
    const isConverted = version.phase === 1 && chance('converts') < 0.4
    return {
      FirstName: 'CANARY FIRST NAME',
      LastName: 'CANARY LAST NAME',
      Company: `Household ${index}`,
      Title: 'CANARY TITLE',
      Email: `canary.${index}@mail.example`,
      Phone: phoneOf(index),
      Street: `${index} CANARY STREET`,
      City: city,
      State: state,
      PostalCode: code,
      Country: country,
      LeadSource: oneOf(sources, chance('source')),
      Status:
        version.phase === 0
          ? 'Open - Not Contacted'
          : isConverted
            ? 'Closed - Converted'
            : 'Working - Contacted',
      Rating: oneOf(['Hot', 'Warm', 'Cold', null], chance('rating')),
      IsConverted: isConverted,
      ConvertedDate: isConverted ? dayText(version.stamp) : null,
      ConvertedAccountId: isConverted ? some('Account', 'converted') : null,
      ConvertedContactId: null,
      ConvertedOpportunityId: isConverted ? some('Opportunity', 'converted') : null,
      MasterRecordId: version.mergedInto ?? null,
      Vehicle_Interest__c: oneOf(['Truck', 'SUV', 'Sedan', null], chance('interest')),
      Internal_Note__c: 'CANARY NOTE',
    }
  },
  Opportunity: ({ index, bornAt, version, chance, some }) => {
    const isClosed = version.phase === 1
    const isWon = isClosed && chance('won') < 0.6
    return {
      AccountId: some('Account', 'account'),
      CampaignId: chance('has campaign') < 0.5 ? some('Campaign', 'campaign') : null,
      Name: `Deal ${index}`,
      StageName: isWon ? 'Closed Won' : isClosed ? 'Closed Lost' : 'Prospecting',
      Type: oneOf(['New Business', 'Existing Business'], chance('type')),
      Amount: chance('has amount') < 0.9 ? Math.round(chance('amount') * 8_000_000) / 100 : null,
      Probability: isWon ? 100 : isClosed ? 0 : 10,
      CloseDate: dayText(bornAt + days(30)),
      IsClosed: isClosed,
      IsWon: isWon,
      ForecastCategoryName: isWon ? 'Closed' : isClosed ? 'Omitted' : 'Pipeline',
      LeadSource: oneOf(sources, chance('source')),
      NextStep: isClosed ? null : 'Test drive',
      Trade_In_Value__c: chance('trade-in') < 0.5 ? Math.round(chance('value') * 20_000) : null,
      Internal_Note__c: 'CANARY NOTE',
    }
  },
  Campaign: ({ index, bornAt, version, chance }) => ({
    Name: `Spring event ${index}`,
    ParentId: null,
    Type: oneOf(['Email', 'Event', 'Direct Mail'], chance('type')),
    Status: version.phase === 1 ? 'Completed' : 'In Progress',
    StartDate: dayText(bornAt),
    EndDate: dayText(bornAt + days(14)),
    IsActive: version.phase === 0,
    BudgetedCost: 1000 + index,
    ActualCost: version.phase === 1 ? 950.5 : null,
    ExpectedRevenue: 25_000,
    NumberSent: 1200,
    NumberOfLeads: Math.floor(chance('leads') * 50),
    NumberOfConvertedLeads: version.phase,
    NumberOfContacts: 3,
    NumberOfResponses: version.phase * 12,
    NumberOfOpportunities: 2,
    NumberOfWonOpportunities: version.phase,
    AmountAllOpportunities: 30_000.25,
    AmountWonOpportunities: version.phase * 15_000,
  }),
  CampaignMember: ({ version, chance, some }) => ({
    CampaignId: some('Campaign', 'campaign'),
    LeadId: some('Lead', 'lead'),
    ContactId: null,
    Status: version.phase === 1 ? 'Responded' : 'Sent',
    HasResponded: version.phase === 1,
    FirstRespondedDate: version.phase === 1 ? dayText(version.stamp) : null,
    LeadSource: oneOf(sources, chance('source')),
    CompanyOrAccount: 'Household',
    Type: 'Lead',
  }),
}
