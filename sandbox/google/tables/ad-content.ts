import type { SimulatedAd } from '../catalogue'
import { usesIn, userOf, versionOf, type Use } from '../contents'
import type { GoogleCustomer } from '../customer'
import type { Row } from './table'

const named = (prefix: string, fields: string): string[] =>
  fields.split(' ').map((field) => `${prefix}.${field}`)

/** What an ad says and shows, and how Google likes it. */
export const adContentFields = [
  ...named('ad_group_ad', 'primary_status ad_strength'),
  ...named('ad_group_ad.policy_summary', 'approval_status review_status'),
  ...named('ad_group_ad.ad', 'final_urls final_mobile_urls tracking_url_template display_url'),
  ...named('ad_group_ad.ad.responsive_search_ad', 'headlines descriptions path1 path2'),
  ...named(
    'ad_group_ad.ad.responsive_display_ad',
    'headlines long_headline descriptions business_name marketing_images square_marketing_images logo_images ' +
      'square_logo_images youtube_videos',
  ),
]

const strengths = ['PENDING', 'POOR', 'AVERAGE', 'GOOD', 'EXCELLENT'] as const

/** Google's opinion of something with assets changes more often than what it shows. */
export function strengthOf(customer: GoogleCustomer, number: number, now: number): string {
  const nth = Math.floor((now - customer.epoch) / (customer.spec.contentLasts / 12) + number * 0.37)
  const roll = customer.chance(number * 100_000 + Math.abs(nth % 100_000), 'ad strength')
  return strengths[Math.floor(roll * strengths.length)] ?? 'PENDING'
}

export const finalUrlOf = (ad: Pick<SimulatedAd, 'id'>): string =>
  `https://dealer.example/new/${ad.id.slice(-4)}`

/** The branch of an ad's type and no other, as in Google's answers. */
export function adContentRow(customer: GoogleCustomer, ad: SimulatedAd, now: number): Row {
  const user = userOf(ad)
  const uses = user ? usesIn(customer, user, versionOf(customer, user, now)) : []
  return {
    'ad_group_ad.primary_status': ad.status === 'PAUSED' ? 'PAUSED' : 'ELIGIBLE',
    'ad_group_ad.ad_strength': strengthOf(customer, ad.number, now),
    'ad_group_ad.policy_summary.approval_status': 'APPROVED',
    'ad_group_ad.policy_summary.review_status': 'REVIEWED',
    'ad_group_ad.ad.final_urls': [finalUrlOf(ad)],
    ...(ad.type === 'RESPONSIVE_SEARCH_AD' ? searchBranch(uses) : {}),
    ...(ad.type === 'RESPONSIVE_DISPLAY_AD' ? displayBranch(customer, uses) : {}),
  }
}

function searchBranch(uses: readonly Use[]): Row {
  const items = (fieldType: string) =>
    uses
      .filter((use) => use.fieldType === fieldType)
      .map(({ asset, pinned }) => ({
        text: asset.value,
        ...(pinned === undefined ? {} : { pinnedField: pinned }),
        assetPerformanceLabel: 'GOOD',
      }))
  return {
    'ad_group_ad.ad.responsive_search_ad.headlines': items('HEADLINE'),
    'ad_group_ad.ad.responsive_search_ad.descriptions': items('DESCRIPTION'),
    'ad_group_ad.ad.responsive_search_ad.path1': 'suv',
  }
}

function displayBranch(customer: GoogleCustomer, uses: readonly Use[]): Row {
  const branch = 'ad_group_ad.ad.responsive_display_ad'
  const items = (fieldType: string) =>
    uses
      .filter((use) => use.fieldType === fieldType)
      .map(({ asset }) => ({ asset: `customers/${customer.spec.id}/assets/${asset.id}` }))
  return {
    [`${branch}.headlines`]: [{ text: 'On the lot' }],
    [`${branch}.long_headline`]: { text: 'Every model on the lot, today' },
    [`${branch}.descriptions`]: [{ text: 'Come and see.' }, { text: 'Open on Sundays.' }],
    [`${branch}.business_name`]: customer.spec.name,
    [`${branch}.marketing_images`]: items('MARKETING_IMAGE'),
    [`${branch}.square_marketing_images`]: items('SQUARE_MARKETING_IMAGE'),
    [`${branch}.logo_images`]: items('LANDSCAPE_LOGO'),
    [`${branch}.square_logo_images`]: items('LOGO'),
    [`${branch}.youtube_videos`]: items('YOUTUBE_VIDEO'),
  }
}
