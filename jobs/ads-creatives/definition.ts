import { z } from 'zod'
import { defineJob } from '../../src/job/define-job'
import { snapshotStream } from '../../src/job/streams'
import { hours, minutes, seconds } from '../../src/lib/durations'
import { googleAdsSecrets } from '../google-ads/secrets'
import { metaAdsSecrets } from '../meta-ads/secrets'
import { adColumns, creativeColumns, linkColumns } from './columns'

/** Where a listing that was begun goes on. Google's answers cannot be entered in the middle, so its listings start over. */
export const ListingPosition = z.strictObject({
  /** Meta's cursor of the next page; null once every page is written. Always null of Google. */
  after: z.string().nullable(),
})
export type ListingPosition = z.output<typeof ListingPosition>

/** What the ads say and show, on both platforms. A client on both has two accounts. */
export const adsCreatives = defineJob({
  id: 'ads-creatives',
  title: 'AdsCreatives',
  summary: 'Ads, their texts, images and videos, and which ad uses which',
  version: 1,
  // Neither platform says what changed, so every run lists everything: once a night.
  schedule: { cron: '30 3 * * *', timezone: 'America/Chicago', missed: 'run-once', spread: minutes(15) },
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
  streams: {
    creatives: snapshotStream({
      table: 'ads_creatives_creatives',
      key: ['platform', 'creative_id'],
      columns: creativeColumns,
      position: ListingPosition,
    }),
    ads: snapshotStream({
      table: 'ads_creatives_ads',
      // The same Google ad may sit in two ad groups.
      key: ['platform', 'ad_group_id', 'ad_id'],
      columns: adColumns,
      position: ListingPosition,
    }),
    links: snapshotStream({
      table: 'ads_creatives_links',
      // An ad may use the same image in two shapes.
      key: ['platform', 'ad_group_id', 'ad_id', 'creative_id', 'field_type'],
      columns: linkColumns,
      position: ListingPosition,
      // When a season's images are exchanged, half of what display ads used is used no more.
      maxShrink: 0.6,
    }),
  },
})
