import { instantAt, isTimezone } from '../../src/lib/local-days'
import * as read from '../../src/lib/read-fields'
import { bothWords, type CampaignRecord } from './record'

/** What was asked for: the customer, and the zone that we have its account in. */
export interface Asked {
  readonly id: string
  readonly timezone: string
}

/**
 * A campaign as it is stored, from a row as it came. Never throws: a value that cannot be right is handed on, and the engine
 * sets the record aside with the reason.
 */
export function toGoogleCampaign(raw: unknown, asked: Asked): CampaignRecord {
  const row = read.fieldsOf(raw)
  const customer = read.fieldsOf(row['customer'])
  const campaign = read.fieldsOf(row['campaign'])
  const zone = zoneOf(customer['timeZone'], asked)
  const { status, primaryStatus } = campaign
  const mapped = {
    platform: 'google',
    external_account_id: read.ownAccount(customer['id'], asked.id),
    campaign_id: read.id(campaign['id']),
    name: read.text(campaign['name']),
    status: statusOf(status, primaryStatus),
    status_raw: bothWords(status, primaryStatus),
    channel: read.text(campaign['advertisingChannelType']),
    channel_sub_type: subTypeOf(campaign['advertisingChannelSubType']),
    objective: null,
    bid_strategy: read.text(campaign['biddingStrategyType']),
    ...budgetOf(read.fieldsOf(row['campaignBudget'])),
    currency: read.text(customer['currencyCode']),
    time_zone: zone,
    starts_at: localInstant(campaign['startDateTime'], zone),
    ends_at: localInstant(campaign['endDateTime'], zone),
    vendor_updated_at: null,
  }
  // The engine checks every value against the stream's columns: until then they are only believed to fit.
  return mapped as unknown as CampaignRecord
}

/** Google's times are the customer's. A zone that nobody here knows cannot tell any. */
const zoneOf = (zone: unknown, { timezone }: Asked): string =>
  typeof zone === 'string' && isTimezone(zone) ? zone : timezone

const statuses = new Map<unknown, string>([
  ['REMOVED', 'removed'],
  ['PAUSED', 'paused'],
  ['ENDED', 'ended'],
  ['PENDING', 'scheduled'],
])

/** A campaign that is over, or has not begun, is still enabled: the primary status knows. */
function statusOf(status: unknown, primary: unknown): string {
  if (status === 'REMOVED') return 'removed'
  return statuses.get(primary) ?? statuses.get(status) ?? (status === 'ENABLED' ? 'active' : 'unknown')
}

/** Most campaigns have none, which Google may say in words. */
const subTypeOf = (value: unknown): unknown => (value === 'UNSPECIFIED' ? null : read.text(value))

function budgetOf(budget: read.Fields) {
  const id = read.id(budget['id'])
  const isShared =
    read.flag(budget['explicitlyShared']) === true || (read.numberOf(budget['referenceCount']) ?? 0) > 1
  return {
    budget_daily: read.millionths(budget['amountMicros']),
    budget_total: read.millionths(budget['totalAmountMicros']),
    budget_level: id === null ? null : isShared ? 'shared' : 'campaign',
    budget_ref: id,
  }
}

/** `2026-01-05 00:00:00` in the customer's zone. */
function localInstant(value: unknown, zone: string): unknown {
  const text = read.text(value)
  return (typeof text === 'string' ? instantAt(text, zone) : undefined) ?? text
}
