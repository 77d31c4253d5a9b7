import { DateTime } from 'luxon'
import type { VendorAnswer } from '../vendor'
import type { MetaAccount } from './account'
import type { EdgeRow, EdgeRequest, MetaEdge } from './edge'
import { graphError, tooMuchData } from './graph-error'

const windows = new Set(['1d_view', '1d_click', '7d_click', '28d_click', '1d_ev'])
const monthsKept = 37

interface Range {
  readonly from: string
  readonly to: string
}

/** Figures per ad and day. */
export const insightsEdge: MetaEdge = {
  product: 'ads_insights',
  fields: new Set(
    (
      'account_id,account_name,account_currency,campaign_id,campaign_name,adset_id,adset_name,ad_id,ad_name,objective,' +
      'impressions,reach,frequency,clicks,inline_link_clicks,outbound_clicks,spend,cpc,cpm,ctr,actions,action_values,' +
      'cost_per_action_type,conversions,date_start,date_stop'
    ).split(','),
  ),
  unasked: ['date_start', 'date_stop', 'account_id'],
  parameters: new Set(['level', 'time_increment', 'time_range', 'action_attribution_windows']),
  rows: (request) => {
    const range = rangeOf(request)
    if ('status' in range) return range
    const days = (Date.parse(range.to) - Date.parse(range.from)) / 86_400_000 + 1
    return days > request.account.spec.longestCall ? tooMuchData() : rowsOf(request.account, range, request)
  },
}

/** What a request for insights asks for, or the vendor's refusal. The size of the answer is not looked at. */
export function rangeOf({ account, query, now }: EdgeRequest): Range | VendorAnswer {
  if (query.get('level') !== 'ad') return graphError(100, 'level must be one of the following values: ad')
  if (query.get('time_increment') !== '1') return graphError(100, 'time_increment must be 1')
  const attribution = listOf(query.get('action_attribution_windows'))
  if (!attribution?.every((window) => windows.has(String(window))))
    return graphError(100, 'action_attribution_windows holds a window that is not served')
  const { since, until } = parsed(query.get('time_range')) as { since?: unknown; until?: unknown }
  const [from, to] = [String(since), String(until)]
  if (!isDay(from) || !isDay(to) || from > to) return graphError(100, 'time_range is not valid')
  const oldest = DateTime.fromMillis(now, { zone: account.spec.timezone }).minus({ months: monthsKept })
  if (from < oldest.toFormat('yyyy-MM-dd'))
    return graphError(
      3018,
      'The start date of the time range cannot be beyond 37 months from the current date',
    )
  return { from, to }
}

/** Sorted by day, then in the order of the ads; rows that are no good come last. */
export function* rowsOf(
  account: MetaAccount,
  range: Range,
  { now, after = '' }: Pick<EdgeRequest, 'now' | 'after'>,
): Generator<EdgeRow> {
  let nth = 0
  const reached = after.slice(0, range.from.length)
  const rest = { ...range, from: reached > range.from ? reached : range.from }
  for (const row of account.adDays(rest, now)) {
    yield { key: `${String(row['date_start'])} ${String(row['ad_id'])}`, row }
  }
  for (const row of account.malformed(range)) {
    nth += 1
    yield { key: `~ ${String(nth).padStart(6, '0')}`, row }
  }
}

const isDay = (text: string): boolean => /^\d{4}-\d\d-\d\d$/.test(text) && DateTime.fromISO(text).isValid

function parsed(text: string | null): object {
  try {
    const value: unknown = JSON.parse(text ?? '')
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}

function listOf(text: string | null): unknown[] | undefined {
  const value = parsed(text)
  return Array.isArray(value) ? value : undefined
}
