import type { DayWindow } from '../../src/job/streams'

const campaign = [
  'customer.id',
  'customer.currency_code',
  'customer.time_zone',
  'campaign.id',
  'campaign.name',
  'campaign.status',
  'campaign.advertising_channel_type',
  'segments.date',
]
const adGroup = ['ad_group.id', 'ad_group.name', 'ad_group.status', 'ad_group.type']
const ad = ['ad_group_ad.ad.id', 'ad_group_ad.ad.name', 'ad_group_ad.ad.type', 'ad_group_ad.status']
const figures = [
  'metrics.impressions',
  'metrics.clicks',
  'metrics.cost_micros',
  'metrics.interactions',
  'metrics.conversions',
  'metrics.conversions_value',
  'metrics.all_conversions',
  'metrics.view_through_conversions',
]

const daily =
  (resource: string, fields: readonly string[]) =>
  ({ from, to }: DayWindow): string =>
    `SELECT ${[...fields, ...figures].join(', ')} FROM ${resource} ` +
    `WHERE segments.date BETWEEN '${from}' AND '${to}' ORDER BY segments.date ` +
    'PARAMETERS omit_unselected_resource_names=true'

/** The queries for some days, in Google's own language. Things that were removed come along: they may have cost money. */
export const campaignDays = daily('campaign', campaign)
export const adGroupDays = daily('ad_group', [...campaign, ...adGroup])
export const adDays = daily('ad_group_ad', [...campaign, ...adGroup, ...ad])
