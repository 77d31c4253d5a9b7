import { days } from '../../src/lib/durations'
import type { MetaAccount } from './account'
import { hasBudget } from './campaign-rows'
import type { MetaEdge } from './edge'
import { vendorTime, type MetaAdSet, type Raw } from './objects'
import { oddRows } from './odd-rows'

/** The ad sets of an account, without the archived and deleted ones. */
export const adSetsEdge: MetaEdge = {
  product: 'ads_management',
  fields: new Set(
    (
      'id,account_id,campaign_id,name,status,effective_status,daily_budget,lifetime_budget,budget_remaining,start_time,' +
      'end_time,optimization_goal,billing_event,bid_strategy'
    ).split(','),
  ),
  unasked: ['id'],
  parameters: new Set(),
  *rows({ account }) {
    for (const row of adSetRows(account)) {
      if (row['status'] === 'ACTIVE' || row['status'] === 'PAUSED') yield { key: String(row['id']), row }
    }
    yield* oddRows(account, 'adsets')
  },
}

/** Every ad set that has ever been, with every field the vendor has. */
export function* adSetRows(account: MetaAccount): Generator<Raw> {
  for (const adSet of account.adSets()) yield rowOf(account, adSet)
}

function rowOf(account: MetaAccount, { index, id, name, campaign, createdAt }: MetaAdSet): Raw {
  const { objects, spec } = account
  const chance = (purpose: string): number => objects.chance(index, purpose)
  const status = chance('ad set paused') < 0.3 ? 'PAUSED' : 'ACTIVE'
  const amount = String(1000 + Math.floor(chance('ad set budget') * 4000))
  const isOver = chance('ad set over') < 0.2
  const row = {
    id,
    account_id: String(spec.id),
    campaign_id: campaign.id,
    name,
    status,
    ...(hasBudget(campaign) ? {} : budgetOf(amount, chance('ad set lifetime') < 0.25)),
    start_time: vendorTime(createdAt, spec.timezone),
    end_time: isOver ? vendorTime(objects.epoch - days(2), spec.timezone) : vendorTime(0, spec.timezone),
    optimization_goal: 'LEAD_GENERATION',
    billing_event: 'IMPRESSIONS',
    bid_strategy: 'LOWEST_COST_WITHOUT_CAP',
    ...account.editsOf(id),
  }
  return { effective_status: row.status, ...row }
}

const budgetOf = (amount: string, isForLife: boolean): Raw =>
  isForLife
    ? { daily_budget: '0', lifetime_budget: `${amount}0` }
    : { daily_budget: amount, lifetime_budget: '0', budget_remaining: '1' }
