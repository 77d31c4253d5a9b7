import { z } from 'zod'
import { defineJob } from '../../src/job/define-job'
import { snapshotStream } from '../../src/job/streams'
import { hours, minutes, seconds } from '../../src/lib/durations'
import { googleAdsSecrets } from '../google-ads/secrets'
import { metaAdsSecrets } from '../meta-ads/secrets'
import { campaignColumns } from './columns'

/** What the last complete listing came to. */
export const ListingCursor = z.strictObject({
  /** It named a campaign that is not removed, so that an empty one after it is not believed. */
  hadCampaigns: z.boolean(),
})
export type ListingCursor = z.output<typeof ListingCursor>

/** The registry of campaigns on both platforms. A client on both has two accounts, so neither platform waits for the other. */
export const campaign = defineJob({
  id: 'campaign',
  title: 'Campaign',
  summary: 'Every campaign on Google and Meta with its state, goal, budget and dates',
  version: 1,
  // One to three calls per account: hourly is affordable, several times a day is plenty.
  schedule: { cron: '5 */3 * * *', timezone: 'America/Chicago', missed: 'run-once', spread: minutes(5) },
  startWithin: hours(2),
  deadline: minutes(15),
  freshness: hours(8),
  retry: { attempts: 5, delay: seconds(5), cap: minutes(10) },
  concurrency: 4,
  externalId: z
    .string()
    .regex(/^(google|meta):\d+$/, { error: 'expected google:<customer id> or meta:<account id>' }),
  secrets: z.union([googleAdsSecrets, metaAdsSecrets]),
  settings: z.strictObject({}),
  streams: {
    campaigns: snapshotStream({
      table: 'campaign_campaigns',
      key: ['platform', 'campaign_id'],
      columns: campaignColumns,
      cursor: ListingCursor,
      // A listing is not entered in the middle: all there is to know is that it was begun.
      position: z.literal('begun'),
    }),
  },
})
