import { z } from 'zod'
import { defineJob } from '../../src/job/define-job'
import { windowStream } from '../../src/job/streams'
import { hours, minutes, seconds } from '../../src/lib/durations'
import { adDayColumns } from './columns'
import { metaAdsSecrets } from './secrets'

/** How days are read: by a call, or by a report that the vendor prepares where a call is too much for it. */
const Way = z.enum(['call', 'report'])

/** How far the days of an ad account are read. */
export const AdDaysCursor = z.strictObject({
  /** The last day, in the account's zone, that has been read to its end or to the instant of the read. */
  through: z.iso.date(),
  /** The day of the last sweep beyond the usual window; null until there was one. */
  swept: z.iso.date().nullable(),
  /** What it came to last time, so that a large account is not refused again on every run. */
  way: Way,
})
export type AdDaysCursor = z.output<typeof AdDaysCursor>

/**
 * A reading of days that was begun. It goes on at a day, never at a page: the vendor's cursors are not made to be kept.
 */
export const AdDaysPosition = z.strictObject({
  /** When it was begun: a report from before then is not its own. */
  begun: z.iso.datetime(),
  /** Its first day. */
  since: z.iso.date(),
  /** The first day that is not complete. */
  from: z.iso.date(),
  /** Its last day. */
  to: z.iso.date(),
  /** Days to read at once. */
  span: z.int().min(1),
  way: Way,
})
export type AdDaysPosition = z.output<typeof AdDaysPosition>

/** Daily figures of advertising on Facebook and Instagram. An account is an ad account. */
export const metaAds = defineJob({
  id: 'meta-ads',
  title: 'MetaAds',
  summary: 'Spend, clicks and leads per ad and day on Facebook and Instagram',
  version: 1,
  schedule: { cron: '15 */6 * * *', timezone: 'America/Chicago', missed: 'run-once', spread: minutes(10) },
  startWithin: hours(5),
  deadline: minutes(45),
  freshness: hours(14),
  retry: { attempts: 5, delay: seconds(5), cap: minutes(5) },
  concurrency: 4,
  externalId: z.string().regex(/^\d+$/, { error: 'expected the ad account’s id, digits without act_' }),
  secrets: metaAdsSecrets,
  settings: z.strictObject({
    /** Attribution restates recent days; after 28 they are frozen. */
    lookback_days: z.int().min(1).max(90).default(28),
    level: z.literal('ad').default('ad'),
    /** How far back the first load goes. The vendor keeps 37 months. */
    first_load_months: z.int().min(1).max(36).default(13),
  }),
  streams: {
    ad_days: windowStream({
      table: 'meta_ads_ad_days',
      key: ['ad_id', 'date_start'],
      columns: adDayColumns,
      day: 'date_start',
      cursor: AdDaysCursor,
      position: AdDaysPosition,
    }),
  },
  // A month of an ordinary account is one page or two.
  backfill: { chunkDays: 31, callsPerChunk: 2 },
})
