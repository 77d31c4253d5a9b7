import type { SimulatedAd, SimulatedAdGroup, SimulatedCampaign } from '../catalogue'
import type { GoogleCustomer } from '../customer'
import type { Figures } from '../figures'
import { named, type Row } from './table'

/*
 * The fields that resources show along with their own, and their values. Fields of one resource only stand in its table.
 */

export const customerFields = named('customer', [
  'id',
  'descriptive_name',
  'currency_code',
  'time_zone',
  'manager',
  'status',
  'test_account',
])

export const customerRow = (customer: GoogleCustomer): Row => ({
  'customer.resource_name': `customers/${customer.spec.id}`,
  'customer.id': customer.spec.id,
  'customer.descriptive_name': customer.spec.name,
  'customer.currency_code': customer.spec.currency,
  'customer.time_zone': customer.spec.timezone,
  'customer.manager': customer.spec.isManager,
  'customer.status': customer.spec.status,
  'customer.test_account': false,
  ...customer.fieldsOf('customer', customer.spec.id),
})

export const campaignFields = named('campaign', ['id', 'name', 'status', 'advertising_channel_type'])

export const campaignRow = (customer: GoogleCustomer, campaign: SimulatedCampaign): Row => ({
  'campaign.resource_name': `customers/${customer.spec.id}/campaigns/${campaign.id}`,
  'campaign.id': campaign.id,
  'campaign.name': campaign.name,
  'campaign.status': campaign.status,
  'campaign.advertising_channel_type': campaign.channel,
  ...customer.fieldsOf('campaign', campaign.id),
})

export const adGroupFields = named('ad_group', ['id', 'name', 'status', 'type'])

export const adGroupRow = (customer: GoogleCustomer, adGroup: SimulatedAdGroup): Row => ({
  'ad_group.resource_name': `customers/${customer.spec.id}/adGroups/${adGroup.id}`,
  'ad_group.id': adGroup.id,
  'ad_group.name': adGroup.name,
  'ad_group.status': adGroup.status,
  'ad_group.type': adGroup.type,
  ...customer.fieldsOf('ad_group', adGroup.id),
})

export const adFields = [
  ...named('ad_group_ad', ['status']),
  ...named('ad_group_ad.ad', ['id', 'name', 'type']),
]

/** Edited by the ids of ad group and ad with `~` between, as in the resource name. */
export const adRow = (customer: GoogleCustomer, adGroup: SimulatedAdGroup, ad: SimulatedAd): Row => ({
  'ad_group_ad.resource_name': `customers/${customer.spec.id}/adGroupAds/${adGroup.id}~${ad.id}`,
  'ad_group_ad.ad.resource_name': `customers/${customer.spec.id}/ads/${ad.id}`,
  'ad_group_ad.ad.id': ad.id,
  'ad_group_ad.ad.name': ad.name,
  'ad_group_ad.ad.type': ad.type,
  'ad_group_ad.status': ad.status,
  ...customer.fieldsOf('ad_group_ad', `${adGroup.id}~${ad.id}`),
})

/** What every resource with figures has. */
export const figureFields = [
  'segments.date',
  'metrics.impressions',
  'metrics.clicks',
  'metrics.cost_micros',
  'metrics.interactions',
  'metrics.conversions',
  'metrics.conversions_value',
  'metrics.all_conversions',
  'metrics.view_through_conversions',
]

export const figureRow = (day: string, figures: Figures): Row => ({
  'segments.date': day,
  'metrics.impressions': String(figures.impressions),
  'metrics.clicks': String(figures.clicks),
  'metrics.cost_micros': String(figures.costMicros),
  'metrics.interactions': String(figures.interactions),
  'metrics.conversions': figures.conversions / 100,
  'metrics.conversions_value': figures.conversionsValue / 100,
  'metrics.all_conversions': figures.allConversions / 100,
  'metrics.view_through_conversions': String(figures.viewThrough),
})
