import { bigint, date, nullable, numeric, text } from '../../src/job/columns'

/** Vendor ids are text: those of ads exceed what numbers hold, and nobody counts with them. */
const account = {
  external_account_id: text(),
  /** What money is in, as the account is kept. */
  currency: nullable(text()),
}

/** Names and states are those of the day of the read, not of the day that is told of. */
const campaign = {
  campaign_id: text(),
  campaign_name: nullable(text()),
  campaign_status: nullable(text()),
  /** `SEARCH`, `PERFORMANCE_MAX` and so on; Google adds to them. */
  channel_type: nullable(text()),
}

const adGroup = {
  ad_group_id: text(),
  ad_group_name: nullable(text()),
  ad_group_status: nullable(text()),
  ad_group_type: nullable(text()),
}

const ad = {
  ad_id: text(),
  ad_name: nullable(text()),
  ad_type: nullable(text()),
  ad_status: nullable(text()),
}

const figures = {
  impressions: bigint(),
  clicks: bigint(),
  interactions: bigint(),
  /** In the account's currency. */
  cost: numeric(),
  /** Booked on the day of the click, in fractions where attribution shares them out. */
  conversions: numeric(),
  conversions_value: numeric(),
  all_conversions: numeric(),
  view_through_conversions: bigint(),
}

/** In the account's zone. */
const day = { day: date() }

/** The money of record: Performance Max has no ad groups and ads, so those add up to less. */
export const campaignDayColumns = { ...account, ...day, ...campaign, ...figures }

export const adGroupDayColumns = { ...account, ...day, ...campaign, ...adGroup, ...figures }

export const adDayColumns = { ...account, ...day, ...campaign, ...adGroup, ...ad, ...figures }
