import { adCreativesEdge } from './adcreatives-edge'
import { adsEdge } from './ads-edge'
import { adSetsEdge } from './adsets-edge'
import { campaignsEdge } from './campaigns-edge'
import type { MetaEdge } from './edge'
import { insightsEdge } from './insights'

/** The lists below an ad account, by the last part of their path. */
export const edges: Readonly<Record<string, MetaEdge>> = {
  adcreatives: adCreativesEdge,
  ads: adsEdge,
  adsets: adSetsEdge,
  campaigns: campaignsEdge,
  insights: insightsEdge,
}
