import { DateTime } from 'luxon'
import { days, hours } from '../../src/lib/durations'
import type { SimulatedCampaign } from './catalogue'
import type { GoogleCustomer } from './customer'
import { campaignRow } from './tables/fields'
import type { Row } from './tables/table'

/** Beside the campaigns of the catalogue a customer has some without traffic: one that is over, one still to come, new ones. */
const past = 2
const newEvery = hours(8)

/** Every campaign that has ever been by `now`, removed ones among them. */
export function listedCampaigns(customer: GoogleCustomer, now: number): SimulatedCampaign[] {
  const { campaigns, epoch } = customer
  if (campaigns.length === 0) return []
  const born = Math.max(0, Math.floor((now - epoch) / newEvery))
  const idle = Array.from({ length: past + born }, (_, nth): SimulatedCampaign => {
    const index = campaigns.length + nth
    const isOld = nth > past && nth % 4 === 0 && now - bornAt(customer, index) >= days(1)
    return {
      index,
      number: -1,
      id: String(BigInt(campaigns[0]?.id ?? 0) + BigInt(index)),
      name: `Event ${nth + 1}`,
      status: isOld ? 'REMOVED' : 'ENABLED',
      channel: nth % 2 === 0 ? 'DEMAND_GEN' : 'SEARCH',
      adGroups: [],
    }
  })
  return [...campaigns, ...idle]
}

/** A campaign as it stands at `now`, with its budget. */
export function listedRow(customer: GoogleCustomer, campaign: SimulatedCampaign, now: number): Row {
  const { index } = campaign
  const own = campaignRow(customer, campaign)
  const { starts, ends } = datesOf(customer, index)
  const budget = budgetOf(customer, index, now)
  const time = (at: number): string =>
    DateTime.fromMillis(at, { zone: customer.spec.timezone }).toFormat('yyyy-MM-dd HH:mm:ss')
  return {
    ...stateOf(customer, campaign, { status: own['campaign.status'], starts, ends, now }),
    'campaign.advertising_channel_sub_type': index % 3 === 0 ? 'SEARCH_MOBILE_APP' : 'UNSPECIFIED',
    'campaign.bidding_strategy_type': index % 2 === 0 ? 'MAXIMIZE_CONVERSIONS' : 'TARGET_SPEND',
    'campaign.start_date_time': time(starts),
    ...(ends === undefined ? {} : { 'campaign.end_date_time': time(ends) }),
    'campaign.campaign_budget': budget['campaign_budget.resource_name'],
    ...budget,
    ...own,
    ...customer.fieldsOf('campaign_budget', String(budget['campaign_budget.id'])),
  }
}

const bornAt = ({ campaigns, epoch }: GoogleCustomer, index: number): number =>
  epoch + (index - campaigns.length - past + 1) * newEvery

/** In whole local days: an end is the last second of one. */
function datesOf(customer: GoogleCustomer, index: number): { starts: number; ends: number | undefined } {
  const { campaigns, epoch, spec } = customer
  const dayAt = (at: number): DateTime => DateTime.fromMillis(at, { zone: spec.timezone }).startOf('day')
  const nth = index - campaigns.length
  if (nth === 0)
    return {
      starts: dayAt(epoch - days(40)).toMillis(),
      ends: dayAt(epoch - days(9))
        .endOf('day')
        .startOf('second')
        .toMillis(),
    }
  if (nth === 1) return { starts: dayAt(epoch + days(2)).toMillis(), ends: undefined }
  if (nth < 0) return { starts: dayAt(epoch - days(100 + index)).toMillis(), ends: undefined }
  const starts = dayAt(bornAt(customer, index))
  const ends = nth % 3 === 0 ? starts.plus({ days: 2 }).endOf('day').startOf('second') : undefined
  return { starts: starts.toMillis(), ends: ends?.toMillis() }
}

interface Moment {
  readonly status: unknown
  readonly starts: number
  readonly ends: number | undefined
  readonly now: number
}

function stateOf(customer: GoogleCustomer, { index }: SimulatedCampaign, moment: Moment): Row {
  const primary = primaryOf(customer, index, moment)
  const serves = ['ELIGIBLE', 'LIMITED', 'LEARNING'].includes(primary)
  return {
    'campaign.primary_status': primary,
    'campaign.primary_status_reasons': primary === 'LIMITED' ? ['BUDGET_CONSTRAINED'] : [],
    'campaign.serving_status': serves ? 'SERVING' : ['ENDED', 'PENDING'].includes(primary) ? primary : 'NONE',
  }
}

function primaryOf({ chance }: GoogleCustomer, index: number, { status, starts, ends, now }: Moment): string {
  if (status === 'REMOVED' || status === 'PAUSED') return status
  if (ends !== undefined && now > ends) return 'ENDED'
  if (now < starts) return 'PENDING'
  const today = chance(index * 1000 + Math.floor(now / days(1)), 'primary status')
  return today < 0.6 ? 'ELIGIBLE' : today < 0.85 ? 'LIMITED' : 'LEARNING'
}

/** The first two campaigns share one. Somebody changes a daily one every hour, never at the same minute in two campaigns. */
function budgetOf(customer: GoogleCustomer, index: number, now: number): Row {
  const { campaigns, chance, spec } = customer
  const isShared = campaigns.length > 1 && index < 2
  const number = isShared ? 0 : index
  const id = String(66_000_000n + BigInt(spec.id) * 1000n + BigInt(number))
  const nth = index - campaigns.length
  const isTotal = nth >= 0 && nth % 3 === 0
  const offset = Math.floor(chance(number, 'budget minute') * hours(1))
  const hour = Math.floor((now + offset) / hours(1))
  const micros = 20_000_000 + Math.floor(chance(number * 10_000_000 + hour, 'budget') * 9_999) * 10_000
  return {
    'campaign_budget.resource_name': `customers/${spec.id}/campaignBudgets/${id}`,
    'campaign_budget.id': id,
    'campaign_budget.name': isShared ? 'Shared' : `Budget ${number + 1}`,
    ...(isTotal
      ? { 'campaign_budget.total_amount_micros': '1500500000' }
      : { 'campaign_budget.amount_micros': String(micros) }),
    'campaign_budget.period': isTotal ? 'CUSTOM_PERIOD' : 'DAILY',
    'campaign_budget.delivery_method': 'STANDARD',
    'campaign_budget.explicitly_shared': isShared,
    'campaign_budget.reference_count': isShared ? '2' : '1',
  }
}
