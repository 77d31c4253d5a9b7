import type { JobDefinition } from '../src/job/define-job'
import { adsCreatives } from './ads-creatives/definition'
import { authenticom } from './authenticom/definition'
import { campaign } from './campaign/definition'
import { cdk } from './cdk/definition'
import { ctm } from './ctm/definition'
import { dealertrend } from './dealertrend/definition'
import { googleAds } from './google-ads/definition'
import { metaAds } from './meta-ads/definition'
import { salesforce } from './salesforce/definition'

/** The nine jobs, in the order in which every list shows them. */
export const jobs = [
  salesforce,
  authenticom,
  dealertrend,
  campaign,
  ctm,
  googleAds,
  cdk,
  metaAds,
  adsCreatives,
] as const

/** The definition of a job, or undefined where there is none of that id. */
export const definitionOf = (id: string): JobDefinition | undefined => jobs.find((job) => job.id === id)
