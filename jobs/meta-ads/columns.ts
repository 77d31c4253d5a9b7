import { bigint, date, json, nullable, numeric, text } from '../../src/job/columns'

/**
 * An ad's day as it is stored. A figure is null where the vendor gave none. The vendor's lists are kept whole beside the one
 * count that is meant by each name: types in a list overlap, so they must never be added up.
 */
export const adDayColumns = {
  ad_id: text(),
  /** In the ad account's own zone. */
  date_start: date(),
  external_account_id: text(),
  account_name: nullable(text()),
  account_currency: nullable(text()),

  campaign_id: nullable(text()),
  campaign_name: nullable(text()),
  adset_id: nullable(text()),
  adset_name: nullable(text()),
  ad_name: nullable(text()),
  objective: nullable(text()),

  impressions: nullable(bigint()),
  /** Persons, so no sum over days or ads is one. */
  reach: nullable(bigint()),
  frequency: nullable(numeric()),
  clicks: nullable(bigint()),
  inline_link_clicks: nullable(bigint()),

  /** In the account's currency, as the costs below. */
  spend: nullable(numeric()),
  cpc: nullable(numeric()),
  cpm: nullable(numeric()),
  /** Percent. */
  ctr: nullable(numeric()),

  /** From `actions`: `lead`, `landing_page_view`, `link_click`, `onsite_conversion.messaging_conversation_started_7d`. */
  leads: nullable(numeric()),
  landing_page_views: nullable(numeric()),
  link_clicks: nullable(numeric()),
  messaging_conversations: nullable(numeric()),

  actions: nullable(json()),
  action_values: nullable(json()),
  cost_per_action_type: nullable(json()),
  conversions: nullable(json()),
  outbound_clicks: nullable(json()),
}
