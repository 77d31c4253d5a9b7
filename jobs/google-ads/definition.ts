import { z } from 'zod'
import { defineJob } from '../../src/job/define-job'
import { windowStream } from '../../src/job/streams'
import { hours, minutes, seconds } from '../../src/lib/durations'
import { adDayColumns, adGroupDayColumns, campaignDayColumns } from './columns'
import { googleAdsSecrets } from './secrets'

/** Google is asked for so many days at once, and for fewer where that is too much for it. */
export const longestSlice = 14

/** How far the days of an account are read. It moves with every slice that is written whole. */
export const DaysCursor = z.strictObject({
  /** The last day, in the account's zone, that has been read to its end or to the instant of the read. */
  through: z.iso.date(),
  /** The day of the last sweep beyond the usual window; null until the first load is complete. */
  swept: z.iso.date().nullable(),
  /** Days at once that Google could cope with, so that a large account does not fail anew on every run. */
  slice: z.int().min(1).max(longestSlice),
})
export type DaysCursor = z.output<typeof DaysCursor>

/** Where a reading of days that was begun goes on: at a day, since an answer that broke off starts over. */
export const DaysPosition = z.strictObject({
  /** The day on which it was begun, in the account's zone. */
  begun: z.iso.date(),
  /** The first day that is not written whole. */
  from: z.iso.date(),
  /** Days to ask for at once from there on. */
  slice: z.int().min(1).max(longestSlice),
  /** Whether it is a sweep, or the first load. */
  sweeps: z.boolean(),
})
export type DaysPosition = z.output<typeof DaysPosition>

const progress = { cursor: DaysCursor, position: DaysPosition }

/** Daily figures of Google's advertising. An account is a customer id. */
export const googleAds = defineJob({
  id: 'google-ads',
  title: 'GoogleAds',
  summary: 'Spend, clicks and conversions per day of campaigns, ad groups and ads on Google',
  version: 1,
  // Nine operations per account and run: four runs a day leave room within a basic token's 15,000 for a few hundred accounts.
  schedule: { cron: '50 */6 * * *', timezone: 'America/Chicago', missed: 'run-once', spread: minutes(10) },
  startWithin: hours(5),
  // Long streams are normal here: one may take a quarter of an hour.
  deadline: minutes(45),
  freshness: hours(14),
  retry: { attempts: 5, delay: seconds(10), cap: minutes(15) },
  concurrency: 4,
  externalId: z.string().regex(/^\d+$/, { error: 'expected the customer id, digits only' }),
  secrets: googleAdsSecrets,
  settings: z
    .strictObject({
      /** Conversions are booked on the day of the click and keep arriving for this long. */
      lookback_days: z.int().min(1).max(90).default(30),
      /** The weekly sweep; conversion windows reach 90 days. */
      sweep_days: z.int().min(1).max(1110).default(90),
      /** How far back the first load goes. Google keeps days for 37 months. */
      first_load_months: z.int().min(1).max(37).default(13),
      /** What the account is kept in; given, the sync refuses figures in another currency. */
      currency: z
        .string()
        .regex(/^[A-Z]{3}$/, { error: 'expected a currency such as USD' })
        .optional(),
    })
    .refine(({ lookback_days, sweep_days }) => lookback_days <= sweep_days, {
      path: ['sweep_days'],
      error: 'expected at least lookback_days',
    }),
  streams: {
    campaign_days: windowStream({
      table: 'google_ads_campaign_days',
      key: ['campaign_id', 'day'],
      columns: campaignDayColumns,
      day: 'day',
      ...progress,
    }),
    ad_group_days: windowStream({
      table: 'google_ads_ad_group_days',
      key: ['campaign_id', 'ad_group_id', 'day'],
      columns: adGroupDayColumns,
      day: 'day',
      ...progress,
    }),
    ad_days: windowStream({
      table: 'google_ads_ad_days',
      // The same ad may sit in two ad groups.
      key: ['campaign_id', 'ad_group_id', 'ad_id', 'day'],
      columns: adDayColumns,
      day: 'day',
      ...progress,
    }),
  },
  backfill: { chunkDays: longestSlice, callsPerChunk: 3 },
})
