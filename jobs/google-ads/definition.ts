import { z } from 'zod'
import { defineJob } from '../../src/job/define-job'
import { hours, minutes, seconds } from '../../src/lib/durations'
import { googleAdsSecrets } from './secrets'

/** Daily figures of Google's advertising. An account is a customer id. */
export const googleAds = defineJob({
  id: 'google-ads',
  title: 'GoogleAds',
  summary: 'Spend, clicks and conversions per day of campaigns, ad groups and ads on Google',
  version: 1,
  sync: 'unwritten',
  // Nine operations per account and run: four runs a day leave room within a basic token's 15,000 for a few hundred accounts.
  schedule: { cron: '50 */6 * * *', timezone: 'America/Chicago', missed: 'run-once' },
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
    })
    .refine(({ lookback_days, sweep_days }) => lookback_days <= sweep_days, {
      path: ['sweep_days'],
      error: 'expected at least lookback_days',
    }),
  streams: {},
})
