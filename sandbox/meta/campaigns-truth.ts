import type { MetaAccount } from './account'
import { adSetRows } from './adsets-edge'
import { campaignRows } from './campaign-rows'
import type { Raw } from './objects'

/** Rows of `campaign_campaigns` as a faithful copy holds them. Archived and deleted campaigns are gone, unlisted ones too. */
export function* campaignsTruth(account: MetaAccount, now: number): Generator<Raw> {
  const adSets = [...adSetRows(account)]
  for (const row of campaignRows(account, now)) {
    const { id } = row
    yield account.unlisted.has(String(id))
      ? { platform: 'meta', campaign_id: id, gone: true }
      : truthOf(account, row, adSets, now)
  }
}

function truthOf({ spec }: MetaAccount, row: Raw, adSets: readonly Raw[], now: number): Raw {
  const [starts, ends, updated] = [row['start_time'], row['stop_time'], row['updated_time']].map(instantOf)
  const isRemoved = ['DELETED', 'ARCHIVED'].includes(String(row['effective_status']))
  const money = (amount: number): string | null => {
    const isWhole = ['JPY', 'HUF', 'TWD'].includes(spec.currency)
    return amount === 0 ? null : isWhole ? String(amount) : (amount / 100).toFixed(2)
  }
  const own = { daily: amountOf(row, 'daily_budget'), total: amountOf(row, 'lifetime_budget') }
  const isOwn = own.daily + own.total > 0
  const below = isRemoved ? [] : activeOf(adSets, String(row['id']), now)
  const sum = (field: string): number => below.reduce((total, adSet) => total + amountOf(adSet, field), 0)
  return {
    platform: 'meta',
    external_account_id: String(spec.id),
    campaign_id: row['id'],
    name: row['name'],
    status: isRemoved
      ? 'removed'
      : ends && ends.getTime() <= now
        ? 'ended'
        : row['effective_status'] === 'PAUSED'
          ? 'paused'
          : 'active',
    status_raw: `${String(row['status'])}/${String(row['effective_status'])}`,
    channel: 'META',
    objective: row['objective'],
    bid_strategy: row['bid_strategy'],
    budget_daily: money(isOwn ? own.daily : sum('daily_budget')),
    budget_total: money(isOwn ? own.total : sum('lifetime_budget')),
    budget_level: isOwn ? 'campaign' : 'ad_set',
    budget_ref: null,
    currency: spec.currency,
    time_zone: spec.timezone,
    starts_at: starts,
    ends_at: ends,
    vendor_updated_at: updated,
    ...(isRemoved ? { gone: true } : {}),
  }
}

const amountOf = (row: Raw, field: string): number => Number(row[field] ?? 0)

const activeOf = (adSets: readonly Raw[], campaignId: string, now: number): Raw[] =>
  adSets.filter((adSet) => {
    const end = instantOf(adSet['end_time'])
    const isOver = end !== null && end.getTime() <= now
    return adSet['campaign_id'] === campaignId && adSet['status'] === 'ACTIVE' && !isOver
  })

/** None before the vendor was founded. */
function instantOf(value: unknown): Date | null {
  if (typeof value !== 'string') return null
  const instant = new Date(`${value.slice(0, -2)}:${value.slice(-2)}`)
  return instant.getUTCFullYear() > 2000 ? instant : null
}
