import type { Chance } from '../random'
import type { MetaAd, Raw } from './objects'

/** A day of the account's own zone, from its first to beyond its last millisecond. */
export interface Day {
  readonly day: string
  /** Counted on from one day to the next, for chance. */
  readonly number: number
  readonly from: number
  readonly to: number
}

const oneDay = 86_400_000
/** The share of a day's leads that is attributed after so many days; complete, and frozen, within 28. */
const attributed = [
  [27, 1],
  [14, 0.95],
  [7, 0.85],
  [3, 0.7],
  [1, 0.55],
  [0, 0.4],
] as const

/** The figures of one ad and day as they stand at `now`; undefined where it did not deliver. */
export function adDay(chance: Chance, ad: MetaAd, day: Day, now: number): Raw | undefined {
  const roll = (purpose: string): number => chance(ad.index * 100_000 + day.number, purpose)
  const impressions = Math.floor((200 + roll('impressions') * 4000) * shareOf(ad, day, now))
  if (impressions === 0 || roll('no delivery') < 0.06) return undefined
  const age = Math.floor((now - day.to) / oneDay)
  const clicks = Math.floor(impressions * (0.01 + roll('clicks') * 0.03))
  const links = Math.floor(clicks * 0.65)
  // Some days are credited for clicks that were no persons.
  const credit = age >= 3 && roll('credit') < 0.15 ? 0.97 : 1
  const cents = Math.floor(((impressions * (800 + roll('price') * 1200)) / 1000) * credit)
  const reach = Math.max(1, Math.floor(impressions * 0.87))
  const leads = Math.floor((clicks * 0.12 + roll('leads') * 3) * attributedAt(age))
  return {
    impressions: String(impressions),
    clicks: String(clicks),
    inline_link_clicks: String(links),
    outbound_clicks: links > 0 ? [{ action_type: 'outbound_click', value: String(links) }] : undefined,
    reach: String(reach),
    frequency: (impressions / reach).toFixed(6),
    spend: (cents / 100).toFixed(2),
    cpm: (cents / 100 / (impressions / 1000)).toFixed(6),
    ctr: ((clicks / impressions) * 100).toFixed(6),
    ...(clicks > 0 ? { cpc: (cents / 100 / clicks).toFixed(6) } : {}),
    ...actionsOf({ leads, links, cents }, now),
  }
}

/** The part of the day in which it could deliver. */
function shareOf({ createdAt, deletedAt }: MetaAd, { from, to }: Day, now: number): number {
  const begin = Math.max(from, createdAt)
  const end = Math.min(to, now, deletedAt ?? Number.POSITIVE_INFINITY)
  return Math.max(0, end - begin) / (to - from)
}

const attributedAt = (age: number): number => attributed.find(([days]) => age >= days)?.[1] ?? 0.4

function actionsOf(
  { leads, links, cents }: { readonly leads: number; readonly links: number; readonly cents: number },
  now: number,
): Raw {
  const views = Math.floor(links * 0.8)
  const chats = Math.floor(leads / 2)
  const purchases = leads > 4 ? 1 : 0
  const counts = [
    ['link_click', links],
    ['landing_page_view', views],
    ['lead', leads],
    ['onsite_conversion.messaging_conversation_started_7d', chats],
    // Three names for the same event.
    ['purchase', purchases],
    ['omni_purchase', purchases],
    ['offsite_conversion.fb_pixel_purchase', purchases],
  ] as const
  const list = counts.filter(([, count]) => count > 0)
  if (list.length === 0) return {}
  // No order is promised.
  const ordered = Math.floor(now / 60_000) % 2 === 0 ? list : list.toReversed()
  return {
    actions: ordered.map(([action_type, count]) => ({
      action_type,
      value: String(count),
      '7d_click': String(count),
    })),
    cost_per_action_type: ordered.map(([action_type, count]) => ({
      action_type,
      value: (cents / 100 / count).toFixed(6),
    })),
    ...(purchases > 0 ? { action_values: [{ action_type: 'omni_purchase', value: '24999.00' }] } : {}),
  }
}
