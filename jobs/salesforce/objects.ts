import type { Columns } from '../../src/job/columns'
import {
  accountColumns,
  campaignColumns,
  campaignMemberColumns,
  leadColumns,
  opportunityColumns,
} from './columns'

/** An object of the vendor as a stream reads it. */
export interface ObjectShape<C extends Columns = Columns> {
  /** The vendor's name of it. */
  readonly object: 'Account' | 'Lead' | 'Opportunity' | 'Campaign' | 'CampaignMember'
  readonly columns: C
  /** The vendor's field behind each column. Nothing else is asked for but `IsDeleted` and the account's custom fields. */
  readonly fields: Readonly<Record<Exclude<keyof C & string, 'custom' | 'created_day'>, string>>
}

const common = {
  owner_id: 'OwnerId',
  created_date: 'CreatedDate',
  last_modified_date: 'LastModifiedDate',
  system_modstamp: 'SystemModstamp',
} as const

const accounts: ObjectShape<typeof accountColumns> = {
  object: 'Account',
  columns: accountColumns,
  fields: {
    external_account_id: 'Id',
    name: 'Name',
    type: 'Type',
    parent_id: 'ParentId',
    master_record_id: 'MasterRecordId',
    industry: 'Industry',
    account_source: 'AccountSource',
    phone_hash: 'Phone',
    website: 'Website',
    billing_city: 'BillingCity',
    billing_state: 'BillingState',
    billing_postal_code: 'BillingPostalCode',
    billing_country: 'BillingCountry',
    number_of_employees: 'NumberOfEmployees',
    annual_revenue: 'AnnualRevenue',
    last_activity_date: 'LastActivityDate',
    ...common,
  },
}

const leads: ObjectShape<typeof leadColumns> = {
  object: 'Lead',
  columns: leadColumns,
  fields: {
    lead_id: 'Id',
    company: 'Company',
    email_hash: 'Email',
    phone_hash: 'Phone',
    city: 'City',
    state: 'State',
    postal_code: 'PostalCode',
    country: 'Country',
    lead_source: 'LeadSource',
    status: 'Status',
    rating: 'Rating',
    is_converted: 'IsConverted',
    converted_date: 'ConvertedDate',
    converted_account_id: 'ConvertedAccountId',
    converted_contact_id: 'ConvertedContactId',
    converted_opportunity_id: 'ConvertedOpportunityId',
    master_record_id: 'MasterRecordId',
    ...common,
  },
}

const opportunities: ObjectShape<typeof opportunityColumns> = {
  object: 'Opportunity',
  columns: opportunityColumns,
  fields: {
    opportunity_id: 'Id',
    external_account_id: 'AccountId',
    campaign_id: 'CampaignId',
    name: 'Name',
    stage_name: 'StageName',
    type: 'Type',
    amount: 'Amount',
    probability: 'Probability',
    close_date: 'CloseDate',
    is_closed: 'IsClosed',
    is_won: 'IsWon',
    forecast_category_name: 'ForecastCategoryName',
    lead_source: 'LeadSource',
    next_step: 'NextStep',
    ...common,
  },
}

const campaigns: ObjectShape<typeof campaignColumns> = {
  object: 'Campaign',
  columns: campaignColumns,
  fields: {
    campaign_id: 'Id',
    name: 'Name',
    parent_id: 'ParentId',
    type: 'Type',
    status: 'Status',
    start_date: 'StartDate',
    end_date: 'EndDate',
    is_active: 'IsActive',
    budgeted_cost: 'BudgetedCost',
    actual_cost: 'ActualCost',
    expected_revenue: 'ExpectedRevenue',
    number_sent: 'NumberSent',
    number_of_leads: 'NumberOfLeads',
    number_of_converted_leads: 'NumberOfConvertedLeads',
    number_of_contacts: 'NumberOfContacts',
    number_of_responses: 'NumberOfResponses',
    number_of_opportunities: 'NumberOfOpportunities',
    number_of_won_opportunities: 'NumberOfWonOpportunities',
    amount_all_opportunities: 'AmountAllOpportunities',
    amount_won_opportunities: 'AmountWonOpportunities',
    ...common,
  },
}

const { owner_id: _, ...commonOfMembers } = common

const campaignMembers: ObjectShape<typeof campaignMemberColumns> = {
  object: 'CampaignMember',
  columns: campaignMemberColumns,
  fields: {
    campaign_member_id: 'Id',
    campaign_id: 'CampaignId',
    lead_id: 'LeadId',
    contact_id: 'ContactId',
    status: 'Status',
    has_responded: 'HasResponded',
    first_responded_date: 'FirstRespondedDate',
    lead_source: 'LeadSource',
    company_or_account: 'CompanyOrAccount',
    type: 'Type',
    ...commonOfMembers,
  },
}

/** What each stream reads, in the order in which a first load goes: what others refer to comes first. */
export const objects = { accounts, campaigns, leads, opportunities, campaign_members: campaignMembers }
export type StreamName = keyof typeof objects
export const streamNames = Object.keys(objects) as readonly StreamName[]

/** The fields of a query: those of the columns, then the account's own that are not among them. */
export function fieldsAsked(name: StreamName, custom: readonly string[]): readonly string[] {
  return ['IsDeleted', ...Object.values<string>(objects[name].fields), ...custom]
}
