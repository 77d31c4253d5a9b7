import type { Columns } from '../../src/job/columns'
import type { Page } from '../../src/job/streams'
import type { Sync } from '../../src/job/sync'
import { dayOf } from '../../src/lib/local-days'
import { GoogleAdsClient } from '../../src/vendors/google/client'
import type { googleAds } from './definition'
import { adDays, adGroupDays, campaignDays } from './queries'
import { readSlices, type Level } from './slices'
import { toAdDay } from './to-ad-day'
import { toAdGroupDay } from './to-ad-group-day'
import { toCampaignDay } from './to-campaign-day'
import { planOf } from './windows'

/**
 * Days of campaigns, then of ad groups, then of ads. Google restates the past as conversions come in and clicks are taken
 * back, so each run reads the last month anew, and once a week three; days that Google no longer tells of are removed.
 */
export const sync: Sync<typeof googleAds> = async function* (context) {
  const { account, secrets, streams, http, now, signal, days, wants, note } = context
  const client = new GoogleAdsClient(http, secrets, now)
  const today = dayOf(now, account.timezone)

  if (wants('campaign_days'))
    yield* bringUpToDate({ handle: streams.campaign_days, query: campaignDays, toRecord: toCampaignDay })
  if (wants('ad_group_days'))
    yield* bringUpToDate({ handle: streams.ad_group_days, query: adGroupDays, toRecord: toAdGroupDay })
  if (wants('ad_days')) yield* bringUpToDate({ handle: streams.ad_days, query: adDays, toRecord: toAdDay })

  async function* bringUpToDate<C extends Columns>(level: Level<C>): AsyncGenerator<Page> {
    const { cursor, position } = level.handle
    const plan = planOf({ cursor, position, days, today, settings: account.settings })
    if (!plan) return
    const count = yield* readSlices(level, plan, { client, account, today, signal, note })
    note(`${plan.from} to ${plan.to}: ${count} rows`)
  }
}
