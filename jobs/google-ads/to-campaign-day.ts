import type { RecordOf } from '../../src/job/columns'
import * as read from '../../src/lib/read-fields'
import type { campaignDayColumns } from './columns'

export type CampaignDay = RecordOf<typeof campaignDayColumns>

/**
 * A campaign's day as it is stored, from a row as it came. Never throws: a value that cannot be right is handed on, and the
 * engine sets the record aside with the reason.
 */
export const toCampaignDay = (row: unknown): CampaignDay => dayOf(row) as CampaignDay

/** What days of campaigns, ad groups and ads have in common. */
export function dayOf(raw: unknown): Record<string, unknown> {
  const row = read.fieldsOf(raw)
  const customer = read.fieldsOf(row['customer'])
  const campaign = read.fieldsOf(row['campaign'])
  return {
    external_account_id: read.text(customer['id']),
    currency: read.text(customer['currencyCode']),
    day: read.fieldsOf(row['segments'])['date'],
    campaign_id: read.text(campaign['id']),
    campaign_name: read.text(campaign['name']),
    campaign_status: read.text(campaign['status']),
    channel_type: read.text(campaign['advertisingChannelType']),
    ...figuresOf(read.fieldsOf(row['metrics'])),
  }
}

/** Google leaves out what is zero. */
const figuresOf = (metrics: read.Fields): Record<string, unknown> => ({
  impressions: read.id(metrics['impressions']) ?? '0',
  clicks: read.id(metrics['clicks']) ?? '0',
  interactions: read.id(metrics['interactions']) ?? '0',
  cost: read.millionths(metrics['costMicros']) ?? '0',
  conversions: read.decimal(metrics['conversions']) ?? '0',
  conversions_value: read.decimal(metrics['conversionsValue']) ?? '0',
  all_conversions: read.decimal(metrics['allConversions']) ?? '0',
  view_through_conversions: read.id(metrics['viewThroughConversions']) ?? '0',
})
