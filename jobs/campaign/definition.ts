import { z } from 'zod'
import { defineJob } from '../../src/job/define-job'
import { hours, minutes, seconds } from '../../src/lib/durations'
import { googleAdsSecrets } from '../google-ads/secrets'
import { metaAdsSecrets } from '../meta-ads/secrets'

/** The registry of campaigns on both platforms. A client on both has two accounts, so neither platform waits for the other. */
export const campaign = defineJob({
  id: 'campaign',
  title: 'Campaign',
  summary: 'Every campaign on Google and Meta with its state, goal, budget and dates',
  version: 1,
  sync: 'unwritten',
  // One to three calls per account: hourly is affordable, several times a day is plenty.
  schedule: { cron: '5 */3 * * *', timezone: 'America/Chicago', missed: 'run-once' },
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
  streams: {},
})
