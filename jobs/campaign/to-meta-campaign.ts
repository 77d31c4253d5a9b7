import * as read from '../../src/lib/read-fields'
import type { AdSetBudgets } from './ad-set-budgets'
import { timeOf } from './meta-time'
import { bothWords, type CampaignRecord } from './record'

/** What a row does not tell by itself. */
export interface Surroundings {
  /** The ad account's, digits without `act_`. */
  readonly id: string
  readonly currency: string | undefined
  readonly timezone: string | undefined
  readonly now: Date
  /** Read where a campaign has no budget of its own. */
  readonly adSets: Pick<AdSetBudgets, 'of'> | undefined
}

/**
 * A campaign as it is stored, from a row as it came. Never throws: a value that cannot be right is handed on, and the engine
 * sets the record aside with the reason.
 */
export function toMetaCampaign(raw: unknown, around: Surroundings): CampaignRecord {
  const row = read.fieldsOf(raw)
  const mapped = {
    platform: 'meta',
    external_account_id: read.ownAccount(row['account_id'], around.id),
    campaign_id: read.id(row['id']),
    name: read.text(row['name']),
    status: statusOf(row, around.now),
    status_raw: bothWords(row['status'], row['effective_status']),
    channel: 'META',
    channel_sub_type: null,
    objective: read.text(row['objective']),
    bid_strategy: read.text(row['bid_strategy']),
    ...budgetOf(row, around),
    budget_ref: null,
    currency: around.currency ?? null,
    time_zone: around.timezone ?? null,
    starts_at: timeOf(row['start_time']),
    ends_at: timeOf(row['stop_time']),
    vendor_updated_at: timeOf(row['updated_time']),
  }
  // The engine checks every value against the stream's columns: until then they are only believed to fit.
  return mapped as unknown as CampaignRecord
}

const statuses = new Map<unknown, string>([
  ['ACTIVE', 'active'],
  ['IN_PROCESS', 'active'],
  ['WITH_ISSUES', 'active'],
  ['PAUSED', 'paused'],
])
const removed = new Set<unknown>(['DELETED', 'ARCHIVED'])

/** A campaign that is over is still active in the vendor's words: its end tells. */
export function statusOf(raw: unknown, now: Date): string {
  const { status, effective_status: effective, stop_time: stop } = read.fieldsOf(raw)
  if (removed.has(status) || removed.has(effective)) return 'removed'
  const endsAt = timeOf(stop)
  if (endsAt instanceof Date && endsAt <= now) return 'ended'
  return statuses.get(effective ?? status) ?? 'unknown'
}

/** The vendor says "0" where a budget is not used. */
export function hasOwnBudget(raw: unknown): boolean {
  const { daily_budget: daily, lifetime_budget: lifetime } = read.fieldsOf(raw)
  return !isUnused(daily) || !isUnused(lifetime)
}

const isUnused = (value: unknown): boolean => read.id(value) === null || /^0+$/.test(String(value))

function budgetOf(row: read.Fields, { currency, now, adSets }: Surroundings) {
  const money = (value: unknown): unknown => (isUnused(value) ? null : moneyOf(value, currency))
  if (hasOwnBudget(row))
    return {
      budget_daily: money(row['daily_budget']),
      budget_total: money(row['lifetime_budget']),
      budget_level: 'campaign',
    }
  // Of a removed campaign nothing is spent, whatever its ad sets still say.
  const sum = statusOf(row, now) === 'removed' ? undefined : adSets?.of(row['id'])
  return {
    budget_daily: sum && 'odd' in sum ? money(sum.odd) : money(String(sum?.daily ?? 0)),
    budget_total: money(String(sum?.lifetime ?? 0)),
    budget_level: 'ad_set',
  }
}

/** Currencies of which the vendor counts whole units: its own list, which is not that of ISO 4217. */
const whole = new Set(['CLP', 'COP', 'CRC', 'HUF', 'ISK', 'IDR', 'JPY', 'KRW', 'PYG', 'TWD', 'VND'])

/** Budgets are in the smallest unit of the currency, other than the spend in the vendor's reports. */
function moneyOf(value: unknown, currency: string | undefined): unknown {
  if (!whole.has(currency ?? '')) return read.hundredths(value)
  const units = read.id(value)
  return typeof units === 'string' && !/^\d+$/.test(units) ? `${units} units` : units
}
