import type { RecordOf } from '../../src/job/columns'
import * as read from '../../src/lib/read-fields'
import type { linkColumns } from './columns'
import { idIn } from './fields'

export type LinkRecord = RecordOf<typeof linkColumns>

/** Where a responsive display ad names its assets, and as what it uses them. */
const displayFields = {
  marketingImages: 'MARKETING_IMAGE',
  squareMarketingImages: 'SQUARE_MARKETING_IMAGE',
  logoImages: 'LANDSCAPE_LOGO',
  squareLogoImages: 'LOGO',
  youtubeVideos: 'YOUTUBE_VIDEO',
} as const

/** What a responsive display ad uses, as it says itself; nothing for an ad of another type. Never throws. */
export function toDisplayLinks(row: unknown, customerId: string): LinkRecord[] {
  const { customer, campaign, adGroup, adGroupAd } = read.fieldsOf(row)
  const ad = read.fieldsOf(read.fieldsOf(adGroupAd)['ad'])
  const display = read.fieldsOf(ad['responsiveDisplayAd'])
  return Object.entries(displayFields).flatMap(([field, fieldType]) =>
    itemsOf(display[field]).map((item) => ({
      ...ownedBy(customer, campaign, customerId),
      ad_group_id: read.id(read.fieldsOf(adGroup)['id']),
      ad_id: read.id(ad['id']),
      kind: 'ad',
      creative_id: idIn(read.fieldsOf(item)['asset']),
      field_type: fieldType,
      enabled: true,
    })),
  ) as unknown as LinkRecord[]
}

/** What an ad of another type uses. A link that is not enabled is one of an earlier version of the ad. Never throws. */
export function toAdAssetLink(row: unknown, customerId: string): LinkRecord {
  const { customer, campaign, adGroupAdAssetView } = read.fieldsOf(row)
  const view = read.fieldsOf(adGroupAdAssetView)
  const mapped = {
    ...ownedBy(customer, campaign, customerId),
    ad_group_id: idIn(view['adGroupAd']),
    ad_id: idIn(view['adGroupAd'], 1),
    kind: 'ad',
    creative_id: idIn(view['asset']),
    field_type: read.text(view['fieldType']),
    // What is false may be missing.
    enabled: read.flag(view['enabled']) ?? false,
    performance_label: read.text(view['performanceLabel']),
    pinned_field: read.text(view['pinnedField']),
    source: read.text(view['source']),
  }
  // The engine checks every value against the stream's columns: until then they are only believed to fit.
  return mapped as unknown as LinkRecord
}

/** What an asset group uses. Never throws. */
export function toAssetGroupLink(row: unknown, customerId: string): LinkRecord {
  const { customer, campaign, assetGroupAsset } = read.fieldsOf(row)
  const link = read.fieldsOf(assetGroupAsset)
  const mapped = {
    ...ownedBy(customer, campaign, customerId),
    ad_group_id: idIn(link['assetGroup']),
    ad_id: '',
    kind: 'asset_group',
    creative_id: idIn(link['asset']),
    field_type: read.text(link['fieldType']),
    enabled: link['status'] !== 'REMOVED',
    status: read.text(link['status']),
    primary_status: read.text(link['primaryStatus']),
    source: read.text(link['source']),
  }
  return mapped as unknown as LinkRecord
}

const ownedBy = (customer: unknown, campaign: unknown, customerId: string) => ({
  platform: 'google',
  external_account_id: read.ownAccount(read.fieldsOf(customer)['id'], customerId),
  campaign_id: read.id(read.fieldsOf(campaign)['id']),
})

/** What is no list counts as one odd item, so that it is set aside and not overlooked. */
function itemsOf(list: unknown): unknown[] {
  if (list === undefined || list === null) return []
  return Array.isArray(list) ? list : [list]
}
