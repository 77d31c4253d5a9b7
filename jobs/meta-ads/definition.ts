import { z } from 'zod'
import { defineJob } from '../../src/job/define-job'
import { hours, minutes, seconds } from '../../src/lib/durations'
import { metaAdsSecrets } from './secrets'

/** Daily figures of advertising on Facebook and Instagram. An account is an ad account. */
export const metaAds = defineJob({
  id: 'meta-ads',
  title: 'MetaAds',
  summary: 'Spend, clicks and leads per ad and day on Facebook and Instagram',
  version: 1,
  sync: 'unwritten',
  schedule: { cron: '15 */6 * * *', timezone: 'America/Chicago', missed: 'run-once' },
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
  }),
  streams: {},
})
