import type { Book } from './book'
import type { BookObject } from './objects'
import type { RawRow } from './raw-row'

/** A row of a faithful copy: some of its columns. */
type TruthRow = Readonly<Record<string, unknown>>

/** The table of each object, and the columns that are compared with the fields they hold. */
const copies: Readonly<Record<BookObject, { table: string; columns: Readonly<Record<string, string>> }>> = {
  Account: {
    table: 'salesforce_accounts',
    columns: {
      external_account_id: 'Id',
      name: 'Name',
      type: 'Type',
      parent_id: 'ParentId',
      master_record_id: 'MasterRecordId',
      industry: 'Industry',
      billing_city: 'BillingCity',
      billing_postal_code: 'BillingPostalCode',
      number_of_employees: 'NumberOfEmployees',
      annual_revenue: 'AnnualRevenue',
      last_activity_date: 'LastActivityDate',
    },
  },
  Lead: {
    table: 'salesforce_leads',
    columns: {
      lead_id: 'Id',
      company: 'Company',
      city: 'City',
      postal_code: 'PostalCode',
      lead_source: 'LeadSource',
      status: 'Status',
      rating: 'Rating',
      is_converted: 'IsConverted',
      converted_date: 'ConvertedDate',
      converted_account_id: 'ConvertedAccountId',
      master_record_id: 'MasterRecordId',
    },
  },
  Opportunity: {
    table: 'salesforce_opportunities',
    columns: {
      opportunity_id: 'Id',
      external_account_id: 'AccountId',
      campaign_id: 'CampaignId',
      name: 'Name',
      stage_name: 'StageName',
      amount: 'Amount',
      probability: 'Probability',
      close_date: 'CloseDate',
      is_closed: 'IsClosed',
      is_won: 'IsWon',
      next_step: 'NextStep',
    },
  },
  Campaign: {
    table: 'salesforce_campaigns',
    columns: {
      campaign_id: 'Id',
      name: 'Name',
      type: 'Type',
      status: 'Status',
      start_date: 'StartDate',
      end_date: 'EndDate',
      is_active: 'IsActive',
      actual_cost: 'ActualCost',
      number_of_responses: 'NumberOfResponses',
      amount_won_opportunities: 'AmountWonOpportunities',
    },
  },
  CampaignMember: {
    table: 'salesforce_campaign_members',
    columns: {
      campaign_member_id: 'Id',
      campaign_id: 'CampaignId',
      lead_id: 'LeadId',
      contact_id: 'ContactId',
      status: 'Status',
      has_responded: 'HasResponded',
      first_responded_date: 'FirstRespondedDate',
      lead_source: 'LeadSource',
      company_or_account: 'CompanyOrAccount',
    },
  },
}

const instants = { created_date: 'CreatedDate', system_modstamp: 'SystemModstamp' } as const

/** What a faithful copy of a dealership's rows of one object holds at `now`, under the name of its table. */
export function truthOf(
  object: BookObject,
  book: Book,
  now: number,
): [table: string, rows: Iterable<TruthRow>] {
  return [copies[object].table, { [Symbol.iterator]: () => rowsOf(object, book, now) }]
}

function* rowsOf(object: BookObject, book: Book, now: number): Generator<TruthRow> {
  for (const row of book.rows(object, now, { withPurged: true })) {
    if (row.isMalformed) continue
    yield { ...heldOf(row.fields(), copies[object].columns), ...(row.isDeleted ? { gone: true } : {}) }
  }
}

function heldOf(fields: RawRow, columns: Readonly<Record<string, string>>): TruthRow {
  const plain = Object.entries(columns).map(([column, field]) => [column, fields[field] ?? null])
  const times = Object.entries(instants).map(([column, field]) => [
    column,
    new Date(String(fields[field]).replace('+0000', 'Z')).toISOString(),
  ])
  return Object.fromEntries([...plain, ...times]) as TruthRow
}
