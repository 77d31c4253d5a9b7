import type { ChecksFor } from '../src/job/sync'
import type { jobs } from './index'
import { check as adsCreatives } from './ads-creatives/check'
import { check as authenticom } from './authenticom/check'
import { check as campaign } from './campaign/check'
import { check as cdk } from './cdk/check'
import { check as ctm } from './ctm/check'
import { check as dealertrend } from './dealertrend/check'
import { check as googleAds } from './google-ads/check'
import { check as metaAds } from './meta-ads/check'
import { check as salesforce } from './salesforce/check'

/** Binds each job to the check of its accounts. A job that is missing here does not compile. */
export const checks = {
  'ads-creatives': adsCreatives,
  authenticom,
  campaign,
  cdk,
  ctm,
  dealertrend,
  'meta-ads': metaAds,
  'google-ads': googleAds,
  salesforce,
} satisfies ChecksFor<(typeof jobs)[number]>
