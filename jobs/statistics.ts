import type { JobStatistics } from '../src/job/statistics'
import { statistics as authenticom } from './authenticom/statistics'
import { statistics as cdk } from './cdk/statistics'
import { statistics as ctm } from './ctm/statistics'
import { statistics as googleAds } from './google-ads/statistics'
import { statistics as metaAds } from './meta-ads/statistics'
import { statistics as salesforce } from './salesforce/statistics'

/**
 * What each job brings to `client_statistics`. DealerTrend, Campaign and AdsCreatives list what there is, not what happened
 * on a day: they bring nothing.
 */
export const statistics: readonly JobStatistics[] = [
  { source: 'salesforce', contributions: salesforce },
  { source: 'authenticom', contributions: authenticom },
  { source: 'ctm', contributions: ctm },
  { source: 'google-ads', contributions: googleAds },
  { source: 'cdk', contributions: cdk },
  { source: 'meta-ads', contributions: metaAds },
]
