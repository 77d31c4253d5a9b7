import { z } from 'zod'
import { defineJob } from '../../src/job/define-job'
import { hours, minutes, seconds } from '../../src/lib/durations'
import { googleAdsSecrets } from '../google-ads/secrets'
import { metaAdsSecrets } from '../meta-ads/secrets'

/** What the ads say and show, on both platforms. A client on both has two accounts. */
export const adsCreatives = defineJob({
  id: 'ads-creatives',
  title: 'AdsCreatives',
  summary: 'Ads, their texts, images and videos, and which ad uses which',
  version: 1,
  sync: 'unwritten',
  // Neither platform says what changed, so every run lists everything: once a night.
  schedule: { cron: '30 3 * * *', timezone: 'America/Chicago', missed: 'run-once' },
  startWithin: hours(12),
  // Old accounts list every ad of their life, in small pages.
  deadline: hours(1),
  freshness: hours(30),
  retry: { attempts: 5, delay: seconds(5), cap: minutes(15) },
  concurrency: 2,
  externalId: z
    .string()
    .regex(/^(google|meta):\d+$/, { error: 'expected google:<customer id> or meta:<account id>' }),
  secrets: z.union([googleAdsSecrets, metaAdsSecrets]),
  settings: z.strictObject({}),
  streams: {},
})
