import { DateTime } from 'luxon'
import type { GoogleCustomer } from './customer'
import { listedCampaigns, listedRow } from './listed-campaigns'
import { customerRow } from './tables/fields'
import type { Row } from './tables/table'

/** Rows of `campaign_campaigns` as a faithful copy holds them. Removed campaigns are gone, and those that no list names. */
export function* campaignsTruth(customer: GoogleCustomer, now: number): Generator<Row> {
  for (const campaign of listedCampaigns(customer, now)) {
    yield customer.unlisted.has(campaign.id)
      ? { platform: 'google', campaign_id: campaign.id, gone: true }
      : truthOf(customer, listedRow(customer, campaign, now))
  }
}

function truthOf(customer: GoogleCustomer, row: Row): Row {
  const of = (field: string): unknown => row[`campaign.${field}`] ?? null
  const budget = (field: string): unknown => row[`campaign_budget.${field}`] ?? null
  const zone = customer.spec.timezone
  const isRemoved = of('status') === 'REMOVED'
  return {
    platform: 'google',
    external_account_id: customer.spec.id,
    campaign_id: of('id'),
    name: of('name'),
    status: isRemoved ? 'removed' : statusOf(String(of('primary_status'))),
    status_raw: `${String(of('status'))}/${String(of('primary_status'))}`,
    channel: of('advertising_channel_type'),
    channel_sub_type:
      of('advertising_channel_sub_type') === 'UNSPECIFIED' ? null : of('advertising_channel_sub_type'),
    objective: null,
    bid_strategy: of('bidding_strategy_type'),
    budget_daily: units(budget('amount_micros')),
    budget_total: units(budget('total_amount_micros')),
    budget_level: budget('explicitly_shared') === true ? 'shared' : 'campaign',
    budget_ref: budget('id'),
    currency: customerRow(customer)['customer.currency_code'],
    time_zone: zone,
    starts_at: instantOf(of('start_date_time'), zone),
    ends_at: instantOf(of('end_date_time'), zone),
    vendor_updated_at: null,
    ...(isRemoved ? { gone: true } : {}),
  }
}

const statusOf = (primary: string): string =>
  ({ PAUSED: 'paused', ENDED: 'ended', PENDING: 'scheduled' })[primary] ?? 'active'

/** All amounts here are of whole cents. */
const units = (micros: unknown): string | null => (micros === null ? null : (Number(micros) / 1e6).toFixed(2))

const instantOf = (time: unknown, zone: string): Date | null =>
  typeof time === 'string' ? DateTime.fromSQL(time, { zone }).toJSDate() : null
