import { campaignsTruth } from './campaigns-truth'
import { adsTruth, assetsTruth, linksTruth } from './creatives-truth'
import type { GoogleCustomer, Level, ThingDay } from './customer'
import { adGroupRow, adRow, campaignRow } from './tables/fields'
import type { Row } from './tables/table'

/**
 * What a faithful copy holds of one customer at `now`, by destination table: of every job that reads from Google Ads.
 * Figures are told from the start of the customer's history on.
 */
export const truths: Readonly<Record<string, (customer: GoogleCustomer, now: number) => Iterable<Row>>> = {
  google_ads_campaign_days: (customer, now) => daysOf(customer, 'campaign', now),
  google_ads_ad_group_days: (customer, now) => daysOf(customer, 'ad_group', now),
  google_ads_ad_days: (customer, now) => daysOf(customer, 'ad_group_ad', now),
  campaign_campaigns: campaignsTruth,
  ads_creatives_ads: adsTruth,
  ads_creatives_creatives: assetsTruth,
  ads_creatives_links: linksTruth,
}

function* daysOf(customer: GoogleCustomer, level: Level, now: number): Generator<Row> {
  const ever = { from: '2000-01-01', to: customer.today(now) }
  for (const thing of customer.days(level, ever, now)) yield dayRow(customer, thing)
}

function dayRow(customer: GoogleCustomer, { day, campaign, adGroup, ad, figures }: ThingDay): Row {
  const of = campaignRow(customer, campaign)
  return {
    external_account_id: customer.spec.id,
    currency: customer.spec.currency,
    day,
    campaign_id: campaign.id,
    campaign_name: of['campaign.name'],
    campaign_status: of['campaign.status'],
    channel_type: of['campaign.advertising_channel_type'],
    ...(adGroup ? groupOf(adGroupRow(customer, adGroup)) : {}),
    ...(adGroup && ad ? adOf(adRow(customer, adGroup, ad)) : {}),
    impressions: String(figures.impressions),
    clicks: String(figures.clicks),
    interactions: String(figures.interactions),
    cost: decimal(figures.costMicros, 6),
    conversions: decimal(figures.conversions, 2),
    conversions_value: decimal(figures.conversionsValue, 2),
    all_conversions: decimal(figures.allConversions, 2),
    view_through_conversions: String(figures.viewThrough),
  }
}

const groupOf = (row: Row): Row => ({
  ad_group_id: row['ad_group.id'],
  ad_group_name: row['ad_group.name'],
  ad_group_status: row['ad_group.status'],
  ad_group_type: row['ad_group.type'],
})

const adOf = (row: Row): Row => ({
  ad_id: row['ad_group_ad.ad.id'],
  ad_name: row['ad_group_ad.ad.name'],
  ad_type: row['ad_group_ad.ad.type'],
  ad_status: row['ad_group_ad.status'],
})

/** A whole number of parts as a decimal, without trailing zeros: 18450000 millionths are 18.45. */
function decimal(parts: number, places: number): string {
  const digits = String(parts).padStart(places + 1, '0')
  const fraction = digits.slice(-places).replace(/0+$/, '')
  return digits.slice(0, -places) + (fraction === '' ? '' : `.${fraction}`)
}
