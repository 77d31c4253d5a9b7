import { oneOf } from '../random'
import type { SimulatedAd, SimulatedCampaign } from './catalogue'
import type { GoogleCustomer } from './customer'

/** What ads use. It never changes and is never removed. */
export interface SimulatedAsset {
  /** Beyond 2^53. */
  readonly id: string
  readonly type: 'TEXT' | 'IMAGE' | 'YOUTUBE_VIDEO'
  /** A text asset's text, a video's id at YouTube, an image's name. */
  readonly value: string
}

/** An asset as something that an ad or asset group shows. */
export interface Use {
  readonly asset: SimulatedAsset
  readonly fieldType: string
  readonly pinned: string | undefined
}

export interface SimulatedAssetGroup {
  readonly id: string
  readonly name: string
  readonly number: number
  readonly campaign: SimulatedCampaign
}

/** Who uses assets: an ad, whichever ad groups it is in, or an asset group. */
export interface User {
  /** No two of a customer share one. */
  readonly number: number
  readonly slots: readonly Slot[]
}

interface Slot {
  readonly type: SimulatedAsset['type']
  /** Several, where one asset is shown in several shapes. */
  readonly fieldTypes: readonly string[]
  readonly pinned?: string
}

const slot = (type: Slot['type'], ...fieldTypes: readonly string[]): Slot => ({ type, fieldTypes })

/** Of each list, the first, third and so on are exchanged from time to time. */
const searchSlots: readonly Slot[] = [
  slot('TEXT', 'HEADLINE'),
  { ...slot('TEXT', 'HEADLINE'), pinned: 'HEADLINE_1' },
  slot('TEXT', 'DESCRIPTION'),
  slot('TEXT', 'DESCRIPTION'),
]
const displaySlots: readonly Slot[] = [
  slot('IMAGE', 'MARKETING_IMAGE', 'SQUARE_MARKETING_IMAGE'),
  slot('IMAGE', 'LANDSCAPE_LOGO'),
  slot('YOUTUBE_VIDEO', 'YOUTUBE_VIDEO'),
  slot('IMAGE', 'LOGO'),
]
const groupSlots: readonly Slot[] = [
  slot('TEXT', 'HEADLINE'),
  slot('TEXT', 'LONG_HEADLINE'),
  slot('IMAGE', 'MARKETING_IMAGE', 'SQUARE_MARKETING_IMAGE'),
  slot('TEXT', 'DESCRIPTION'),
  slot('YOUTUBE_VIDEO', 'YOUTUBE_VIDEO'),
  slot('IMAGE', 'LOGO'),
]

const texts = ['New SUVs In Stock', 'Lease From $299', 'Visit Us Today', 'Trade In, Trade Up'] as const
const mostVersions = 9_999
/** Asset groups come behind all the ads that a customer may have. */
const firstGroup = 9_000

/** A responsive ad by what it uses; undefined for an ad of another type. */
export function userOf({ id, type }: SimulatedAd): User | undefined {
  const slots = { RESPONSIVE_SEARCH_AD: searchSlots, RESPONSIVE_DISPLAY_AD: displaySlots }[type]
  // The last digits of an ad's id count the ads of its customer.
  return slots && { number: Number((BigInt(id) - 9_007_199_254_740_993n) % 1_000_000n), slots }
}

/** Two in each Performance Max campaign, which has no ads. */
export function assetGroupsOf(customer: GoogleCustomer): SimulatedAssetGroup[] {
  return customer.campaigns
    .filter(({ channel }) => channel === 'PERFORMANCE_MAX')
    .flatMap((campaign) =>
      [0, 1].map((index) => ({
        id: String(6_400_000_000n + (BigInt(customer.spec.id) % 1_000_000n) * 10n + BigInt(index)),
        name: `Asset group ${index + 1}`,
        number: firstGroup + index,
        campaign,
      })),
    )
}

export const userOfGroup = ({ number }: SimulatedAssetGroup): User => ({ number, slots: groupSlots })

/** How often the content has been exchanged, from 1. Each has its own time. */
export function versionOf(customer: GoogleCustomer, { number }: User, now: number): number {
  const { contentLasts } = customer.spec
  const age = now - customer.epoch + customer.chance(number, 'content phase') * contentLasts
  return Math.min(mostVersions, Math.max(0, Math.floor(age / contentLasts)) + 1)
}

/** What a user of assets shows in one version of it. */
export function usesIn(customer: GoogleCustomer, { number, slots }: User, version: number): Use[] {
  return slots.flatMap(({ type, fieldTypes, pinned }, index) => {
    const since = index % 2 === 0 ? version : 0
    const mark = number * 100_000 + since * 10 + index
    const id =
      30_000_000_000_000_000n + (BigInt(customer.spec.id) % 1_000_000n) * 1_000_000_000n + BigInt(mark)
    const value = {
      TEXT: `${oneOf(texts, customer.chance(mark, 'text'))} ${since}.${index}`,
      IMAGE: `Photo ${number}-${since}-${index}`,
      YOUTUBE_VIDEO: `yt${mark.toString(36)}`,
    }[type]
    return fieldTypes.map((fieldType) => ({ asset: { id: String(id), type, value }, fieldType, pinned }))
  })
}

/** All that was ever used, and whether it still is. Every use comes once. */
export function everUsed(
  customer: GoogleCustomer,
  user: User,
  now: number,
): { readonly use: Use; readonly isUsed: boolean }[] {
  const present = versionOf(customer, user, now)
  const uses = new Map<string, { use: Use; isUsed: boolean }>()
  for (let version = 0; version <= present; version += 1) {
    for (const use of usesIn(customer, user, version))
      uses.set(`${use.asset.id} ${use.fieldType}`, { use, isUsed: version === present })
  }
  return [...uses.values()]
}

/** Every asset of a customer, each once. */
export function assetsOf(customer: GoogleCustomer, now: number): SimulatedAsset[] {
  const ads = customer.campaigns.flatMap(({ adGroups }) => adGroups.flatMap((group) => group.ads))
  const users = [...ads.map(userOf), ...assetGroupsOf(customer).map(userOfGroup)]
  const assets = new Map<string, SimulatedAsset>()
  for (const user of users) {
    if (!user) continue
    for (const { use } of everUsed(customer, user, now)) assets.set(use.asset.id, use.asset)
  }
  return [...assets.values()]
}
