/** What a field may hold, in the vendor's words. */
export type FieldType = 'id' | 'string' | 'double' | 'int' | 'boolean' | 'date' | 'datetime'

type Fields = Readonly<Record<string, FieldType>>

const of = (type: FieldType, names: string): Fields =>
  Object.fromEntries(names.split(/\s+/).map((name) => [name, type]))

const common: Fields = {
  ...of('id', 'Id'),
  ...of('boolean', 'IsDeleted'),
  ...of('datetime', 'CreatedDate LastModifiedDate SystemModstamp'),
  ...of('string', 'Dealer_Id__c'),
}
const owned: Fields = { ...common, ...of('id', 'OwnerId') }

/** Objects of every org and their fields; anything else does not exist. */
export const objects = {
  Organization: of('string', 'Id Name TimeZoneSidKey'),
  Account: {
    ...owned,
    ...of('id', 'ParentId MasterRecordId'),
    ...of('string', 'Name Type Industry AccountSource Phone Website'),
    ...of(
      'string',
      'BillingStreet BillingCity BillingState BillingPostalCode BillingCountry Internal_Note__c',
    ),
    ...of('int', 'NumberOfEmployees'),
    ...of('double', 'AnnualRevenue'),
    ...of('date', 'LastActivityDate'),
  },
  Lead: {
    ...owned,
    ...of('string', 'FirstName LastName Company Title Email Phone Street City State PostalCode Country'),
    ...of('string', 'LeadSource Status Rating Vehicle_Interest__c Internal_Note__c'),
    ...of('boolean', 'IsConverted'),
    ...of('date', 'ConvertedDate'),
    ...of('id', 'ConvertedAccountId ConvertedContactId ConvertedOpportunityId MasterRecordId'),
  },
  Opportunity: {
    ...owned,
    ...of('id', 'AccountId CampaignId'),
    ...of('string', 'Name StageName Type ForecastCategoryName LeadSource NextStep Internal_Note__c'),
    ...of('double', 'Amount Probability Trade_In_Value__c'),
    ...of('date', 'CloseDate'),
    ...of('boolean', 'IsClosed IsWon'),
  },
  Campaign: {
    ...owned,
    ...of('id', 'ParentId'),
    ...of('string', 'Name Type Status'),
    ...of('date', 'StartDate EndDate'),
    ...of('boolean', 'IsActive'),
    ...of('double', 'BudgetedCost ActualCost ExpectedRevenue NumberSent'),
    ...of('double', 'AmountAllOpportunities AmountWonOpportunities'),
    ...of('int', 'NumberOfLeads NumberOfConvertedLeads NumberOfContacts NumberOfResponses'),
    ...of('int', 'NumberOfOpportunities NumberOfWonOpportunities'),
  },
  CampaignMember: {
    ...common,
    ...of('id', 'CampaignId LeadId ContactId'),
    ...of('string', 'Status LeadSource CompanyOrAccount Type'),
    ...of('boolean', 'HasResponded'),
    ...of('date', 'FirstRespondedDate'),
  },
} as const satisfies Readonly<Record<string, Fields>>

export type ObjectName = keyof typeof objects
/** The objects whose rows belong to dealerships. */
export type BookObject = Exclude<ObjectName, 'Organization'>
export const bookObjects = ['Account', 'Campaign', 'Lead', 'Opportunity', 'CampaignMember'] as const

/** Names are taken whatever their letters' case, and answered in their own. */
export function objectNamed(name: string): ObjectName | undefined {
  return (Object.keys(objects) as ObjectName[]).find((known) => known.toLowerCase() === name.toLowerCase())
}

export function fieldNamed(object: ObjectName, name: string): { name: string; type: FieldType } | undefined {
  const found = Object.entries<FieldType>(objects[object]).find(
    ([known]) => known.toLowerCase() === name.toLowerCase(),
  )
  return found && { name: found[0], type: found[1] }
}
