import type { SyncsFor } from '../src/job/sync'
import type { jobs } from './index'
import { sync as adsCreatives } from './ads-creatives/sync'
import { sync as authenticom } from './authenticom/sync'
import { sync as campaign } from './campaign/sync'
import { sync as cdk } from './cdk/sync'
import { sync as ctm } from './ctm/sync'
import { sync as dealertrend } from './dealertrend/sync'
import { sync as googleAds } from './google-ads/sync'
import { sync as metaAds } from './meta-ads/sync'
import { sync as salesforce } from './salesforce/sync'

/** Binds each job to the story of its sync. A job that is missing here does not compile. */
export const syncs = {
  'ads-creatives': adsCreatives,
  authenticom,
  campaign,
  cdk,
  ctm,
  dealertrend,
  'meta-ads': metaAds,
  'google-ads': googleAds,
  salesforce,
} satisfies SyncsFor<(typeof jobs)[number]>
