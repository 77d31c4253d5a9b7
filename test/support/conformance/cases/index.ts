import type { syncs } from '../../../../jobs/syncs'
import type { JobDefinition } from '../../../../src/job/define-job'
import type { ConformanceCase } from '../case'
import { adsCreativesAtMeta } from './ads-creatives-at-meta'
import { authenticomCase } from './authenticom'
import { campaignOnGoogle } from './campaign'
import { cdkCase } from './cdk'
import { ctmCase } from './ctm'
import { dealertrendCase } from './dealertrend'
import { googleAdsCase } from './google-ads'
import { metaAdsCase } from './meta-ads'
import { salesforceCase } from './salesforce'

/** A case whose job is known at run time only. Its sync is only ever handed the context of its own definition. */
const ofAny = <J extends JobDefinition>(of: ConformanceCase<J>): ConformanceCase =>
  of as unknown as ConformanceCase

/**
 * One small world for each job, for tests that take all jobs: one that is missing here does not compile. Where a job
 * has accounts on two platforms, its world has one on each.
 */
export const cases: Readonly<Record<keyof typeof syncs, ConformanceCase>> = {
  salesforce: ofAny(salesforceCase),
  authenticom: ofAny(authenticomCase),
  dealertrend: ofAny(dealertrendCase),
  campaign: ofAny(campaignOnGoogle),
  ctm: ofAny(ctmCase),
  'google-ads': ofAny(googleAdsCase),
  cdk: ofAny(cdkCase),
  'meta-ads': ofAny(metaAdsCase),
  'ads-creatives': ofAny(adsCreativesAtMeta),
}
