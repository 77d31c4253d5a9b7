import type { MetaAccount } from './account'
import type { Raw } from './objects'

/** Rows of `meta_ads_ad_days` as a faithful copy holds them: names, which change, are left out. */
export function* adDaysTruth(account: MetaAccount, now: number): Generator<Raw> {
  const everything = { from: '0001-01-01', to: '9999-12-31' }
  for (const row of account.adDays(everything, now)) yield truthOf(row)
}

function truthOf(row: Raw): Raw {
  const value = (field: string): unknown => row[field] ?? null
  return {
    ad_id: value('ad_id'),
    date_start: value('date_start'),
    external_account_id: value('account_id'),
    account_currency: value('account_currency'),
    campaign_id: value('campaign_id'),
    adset_id: value('adset_id'),
    impressions: value('impressions'),
    reach: value('reach'),
    clicks: value('clicks'),
    inline_link_clicks: value('inline_link_clicks'),
    spend: value('spend'),
    ctr: value('ctr'),
    leads: countOf(row, 'lead'),
    landing_page_views: countOf(row, 'landing_page_view'),
    link_clicks: countOf(row, 'link_click'),
    messaging_conversations: countOf(row, 'onsite_conversion.messaging_conversation_started_7d'),
  }
}

function countOf(row: Raw, type: string): unknown {
  const actions = (row['actions'] ?? []) as { action_type: string; value: string }[]
  return actions.find(({ action_type }) => action_type === type)?.value ?? null
}
