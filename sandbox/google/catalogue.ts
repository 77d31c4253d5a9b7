import { oneOf, type Chance } from '../random'
import type { GoogleCustomerSpec } from './specs'

/** What has figures of its own. An ad, or a campaign without ads. */
interface Leaf {
  /** Counts the leaves of a customer; figures are made from it. */
  readonly number: number
}

export interface SimulatedAd extends Leaf {
  /** Beyond 2^53, as Google's may be. The same ad may sit in two ad groups. */
  readonly id: string
  readonly name: string
  readonly type: string
  readonly status: string
}

export interface SimulatedAdGroup {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly status: string
  readonly ads: readonly SimulatedAd[]
}

export interface SimulatedCampaign extends Leaf {
  /** From 0. */
  readonly index: number
  readonly id: string
  readonly name: string
  readonly status: string
  readonly channel: string
  /** None in a Performance Max campaign, which has figures of its own instead. */
  readonly adGroups: readonly SimulatedAdGroup[]
}

const models = [
  'New SUVs',
  'Used Trucks',
  'Service Specials',
  'Lease Offers',
  'Electric',
  'Trade-in',
] as const
const adTypes = ['RESPONSIVE_SEARCH_AD', 'RESPONSIVE_DISPLAY_AD', 'EXPANDED_TEXT_AD'] as const

/** The campaigns of a customer with all that is in them, the same every time. */
export function catalogueOf(spec: GoogleCustomerSpec, chance: Chance): SimulatedCampaign[] {
  const { campaigns, adGroupsEach, adsEach } = spec
  const customer = BigInt(spec.id) % 1_000_000n
  let leaves = 0
  const ad = (campaign: number, group: number, index: number): SimulatedAd => {
    // The first ad of the second group is that of the first: an ad's id alone is no key.
    const isShared = group === 1 && index === 0
    const place = (campaign * adGroupsEach + (isShared ? 0 : group)) * adsEach + index
    return {
      number: leaves++,
      id: String(9_007_199_254_740_993n + customer * 1_000_000n + BigInt(place)),
      name: `Ad ${campaign + 1}-${group + 1}-${index + 1}`,
      type: oneOf(adTypes, chance(place, 'ad type')),
      status: chance(place, 'ad status') < 0.15 ? 'PAUSED' : 'ENABLED',
    }
  }
  const adGroup = (campaign: number, index: number): SimulatedAdGroup => ({
    id: String(170_000_000_000n + customer * 10_000n + BigInt(campaign * adGroupsEach + index)),
    name: `Group ${campaign + 1}-${index + 1}`,
    type: campaign % 2 === 0 ? 'SEARCH_STANDARD' : 'DISPLAY_STANDARD',
    status: 'ENABLED',
    ads: Array.from({ length: adsEach }, (_, place) => ad(campaign, index, place)),
  })
  return Array.from({ length: campaigns }, (_, index) => {
    const isPerformanceMax = campaigns > 1 && index === campaigns - 1
    return {
      index,
      number: leaves++,
      id: String(20_000_000_000n + customer * 1000n + BigInt(index)),
      name: `${models[index % models.length]} ${Math.floor(index / models.length) + 1}`,
      status: index === 2 ? 'REMOVED' : chance(index, 'campaign status') < 0.1 ? 'PAUSED' : 'ENABLED',
      channel: isPerformanceMax ? 'PERFORMANCE_MAX' : index % 2 === 0 ? 'SEARCH' : 'DISPLAY',
      adGroups: isPerformanceMax ? [] : Array.from({ length: adGroupsEach }, (__, at) => adGroup(index, at)),
    }
  })
}
