/**
 * Every campaign with its budget. No figures and no segments: with one, campaigns without traffic are left out. Those that
 * were removed come along.
 */
export const campaignsQuery =
  'SELECT customer.id, customer.currency_code, customer.time_zone, ' +
  'campaign.id, campaign.name, campaign.status, campaign.primary_status, ' +
  'campaign.advertising_channel_type, campaign.advertising_channel_sub_type, campaign.bidding_strategy_type, ' +
  'campaign.start_date_time, campaign.end_date_time, ' +
  'campaign_budget.id, campaign_budget.amount_micros, campaign_budget.total_amount_micros, ' +
  'campaign_budget.explicitly_shared, campaign_budget.reference_count ' +
  'FROM campaign PARAMETERS omit_unselected_resource_names=true'
