import { boolean, date, instant, integer, json, nullable, numeric, text } from '../../src/job/columns'

/*
 * Rows of the org as they are stored. Of persons only keyed hashes and the rough place; what else the vendor knows of them is
 * never asked for. Columns bear the vendor's names; keys and references say whose id they hold.
 */

/** What every object has. */
const common = {
  owner_id: nullable(text()),
  created_date: nullable(instant()),
  last_modified_date: nullable(instant()),
  /** Moved by every change, whoever or whatever made it. */
  system_modstamp: instant(),
  /** The account's `custom_fields` of the object, by the vendor's names; null where none are configured. */
  custom: nullable(json()),
}

/** Companies and households that the dealership deals with. */
export const accountColumns = {
  external_account_id: text(),
  name: nullable(text()),
  type: nullable(text()),
  parent_id: nullable(text()),
  /** Of a row that was merged into another: that other one. */
  master_record_id: nullable(text()),
  industry: nullable(text()),
  account_source: nullable(text()),
  phone_hash: nullable(text()),
  website: nullable(text()),
  billing_city: nullable(text()),
  billing_state: nullable(text()),
  billing_postal_code: nullable(text()),
  billing_country: nullable(text()),
  number_of_employees: nullable(integer()),
  annual_revenue: nullable(numeric()),
  last_activity_date: nullable(date()),
  ...common,
}

export const leadColumns = {
  lead_id: text(),
  /** The day of `created_date` in the account's zone. */
  created_day: nullable(date()),
  company: nullable(text()),
  email_hash: nullable(text()),
  phone_hash: nullable(text()),
  city: nullable(text()),
  state: nullable(text()),
  postal_code: nullable(text()),
  country: nullable(text()),
  lead_source: nullable(text()),
  status: nullable(text()),
  rating: nullable(text()),
  is_converted: nullable(boolean()),
  converted_date: nullable(date()),
  converted_account_id: nullable(text()),
  converted_contact_id: nullable(text()),
  converted_opportunity_id: nullable(text()),
  master_record_id: nullable(text()),
  ...common,
}

export const opportunityColumns = {
  opportunity_id: text(),
  external_account_id: nullable(text()),
  campaign_id: nullable(text()),
  name: nullable(text()),
  stage_name: nullable(text()),
  type: nullable(text()),
  amount: nullable(numeric()),
  /** Per cent. */
  probability: nullable(numeric()),
  close_date: nullable(date()),
  is_closed: nullable(boolean()),
  is_won: nullable(boolean()),
  forecast_category_name: nullable(text()),
  lead_source: nullable(text()),
  next_step: nullable(text()),
  ...common,
}

export const campaignColumns = {
  campaign_id: text(),
  name: nullable(text()),
  parent_id: nullable(text()),
  type: nullable(text()),
  status: nullable(text()),
  start_date: nullable(date()),
  end_date: nullable(date()),
  is_active: nullable(boolean()),
  budgeted_cost: nullable(numeric()),
  actual_cost: nullable(numeric()),
  expected_revenue: nullable(numeric()),
  number_sent: nullable(numeric()),
  number_of_leads: nullable(integer()),
  number_of_converted_leads: nullable(integer()),
  number_of_contacts: nullable(integer()),
  number_of_responses: nullable(integer()),
  number_of_opportunities: nullable(integer()),
  number_of_won_opportunities: nullable(integer()),
  amount_all_opportunities: nullable(numeric()),
  amount_won_opportunities: nullable(numeric()),
  ...common,
}

const { owner_id: _, ...commonOfMembers } = common

/** Leads and contacts that a campaign is aimed at. */
export const campaignMemberColumns = {
  campaign_member_id: text(),
  campaign_id: nullable(text()),
  lead_id: nullable(text()),
  contact_id: nullable(text()),
  status: nullable(text()),
  has_responded: nullable(boolean()),
  first_responded_date: nullable(date()),
  lead_source: nullable(text()),
  company_or_account: nullable(text()),
  type: nullable(text()),
  ...commonOfMembers,
}
