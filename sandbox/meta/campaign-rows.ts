import { days, hours } from '../../src/lib/durations'
import type { MetaAccount } from './account'
import { vendorTime, type MetaCampaign, type Raw } from './objects'

/** Beside the campaigns that ads are in, an account has some without any: two from long ago, one that is over, and new ones. */
const past = 3
const newEvery = hours(8)

/** Every campaign that has ever been by `now`, removed ones among them, as rows with every field the vendor has. */
export function* campaignRows(account: MetaAccount, now: number): Generator<Raw> {
  const { campaigns } = account.spec
  if (campaigns === 0) return
  for (const campaign of account.campaigns()) yield rowOf(account, campaign, now)
  const born = Math.max(0, Math.floor((now - account.objects.epoch) / newEvery))
  for (let extra = 0; extra < past + born; extra += 1)
    yield rowOf(account, extraCampaign(account, extra), now, extra)
}

function extraCampaign({ objects, spec }: MetaAccount, extra: number): MetaCampaign {
  const campaign = objects.campaign(spec.campaigns + extra)
  return extra < past ? campaign : { ...campaign, createdAt: objects.epoch + (extra - past + 1) * newEvery }
}

function rowOf(account: MetaAccount, campaign: MetaCampaign, now: number, extra?: number): Raw {
  const { id, timezone } = account.spec
  const { createdAt } = campaign
  const edits = account.editsOf(campaign.id)
  const status = stateOf(account, campaign, now, extra)
  const budget = budgetOf(account, campaign, now)
  const computed = {
    id: campaign.id,
    account_id: String(id),
    name: campaign.name,
    objective: campaign.objective,
    status,
    effective_status: edits['status'] ?? effectiveOf(account, campaign, status),
    buying_type: 'AUCTION',
    bid_strategy: campaign.index % 2 === 0 ? 'LOWEST_COST_WITHOUT_CAP' : 'COST_CAP',
    ...budget.fields,
    spend_cap: undefined,
    special_ad_categories: [],
    start_time: vendorTime(createdAt, timezone),
    stop_time: stopOf(account, campaign, extra),
    created_time: vendorTime(createdAt, timezone),
    updated_time: vendorTime(Math.max(createdAt, budget.since), timezone),
  }
  const row = { ...computed, ...edits }
  return { ...row, configured_status: row.status }
}

function stateOf({ objects }: MetaAccount, { index, createdAt }: MetaCampaign, now: number, extra?: number) {
  if (extra === 0) return 'ARCHIVED'
  if (extra === 1) return 'DELETED'
  if (extra !== undefined && extra > past && extra % 4 === 0 && now - createdAt >= days(1)) return 'DELETED'
  return index > 0 && objects.chance(index, 'paused') < 0.15 ? 'PAUSED' : 'ACTIVE'
}

function effectiveOf({ objects }: MetaAccount, { index }: MetaCampaign, status: string): string {
  if (status !== 'ACTIVE') return status
  const chance = objects.chance(index, 'effective')
  return chance < 0.1 ? 'WITH_ISSUES' : chance < 0.15 ? 'IN_PROCESS' : status
}

/** A campaign that runs on has no end, or one in 1970. */
function stopOf({ objects, spec }: MetaAccount, { index }: MetaCampaign, extra?: number): string | undefined {
  if (extra === past - 1) return vendorTime(objects.epoch - days(5), spec.timezone)
  return index % 2 === 0 ? vendorTime(0, spec.timezone) : undefined
}

/** In the smallest unit of the currency. One of two has none of its own: its ad sets have. */
export const hasBudget = ({ index }: MetaCampaign): boolean => index % 2 === 0

function budgetOf({ objects }: MetaAccount, campaign: MetaCampaign, now: number) {
  const { index } = campaign
  if (!hasBudget(campaign)) return { fields: {}, since: 0 }
  if (index % 4 === 2) return { fields: { daily_budget: '0', lifetime_budget: '150000' }, since: 0 }
  // Somebody raises or lowers it every hour, never at the same minute in two campaigns.
  const offset = Math.floor(objects.chance(index, 'budget minute') * hours(1))
  const hour = Math.floor((now + offset) / hours(1))
  const daily = 5000 + Math.floor(objects.chance(hour, `budget of ${index}`) * 9999)
  return {
    fields: { daily_budget: String(daily), budget_remaining: String(Math.floor(daily / 3)) },
    since: hour * hours(1) - offset,
  }
}
