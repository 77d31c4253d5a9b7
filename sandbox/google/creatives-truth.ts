import {
  assetGroupsOf,
  assetsOf,
  everUsed,
  type SimulatedAsset,
  type Use,
  userOf,
  userOfGroup,
  usesIn,
  versionOf,
} from './contents'
import type { GoogleCustomer } from './customer'
import { finalUrlOf, strengthOf } from './tables/ad-content'
import { assetGroupRow } from './tables/asset-group'
import { adRow } from './tables/fields'
import type { Row } from './tables/table'

/** Rows of `ads_creatives_ads`: ads in their ad groups, then asset groups. */
export function* adsTruth(customer: GoogleCustomer, now: number): Generator<Row> {
  const external_account_id = customer.spec.id
  for (const { campaign, adGroup, ad } of adsOf(customer)) {
    const key = { platform: 'google', ad_group_id: adGroup.id, ad_id: ad.id }
    const of = adRow(customer, adGroup, ad)
    if (of['ad_group_ad.status'] === 'REMOVED') {
      yield { ...key, gone: true }
      continue
    }
    const user = userOf(ad)
    const uses = user ? usesIn(customer, user, versionOf(customer, user, now)) : []
    const textsAs = (fieldType: string) =>
      uses.filter((use) => use.fieldType === fieldType).map(({ asset }) => asset.value)
    const isDisplay = ad.type === 'RESPONSIVE_DISPLAY_AD'
    yield {
      ...key,
      external_account_id,
      kind: 'ad',
      campaign_id: campaign.id,
      name: of['ad_group_ad.ad.name'],
      ad_type: ad.type,
      status: of['ad_group_ad.status'],
      ad_strength: of['ad_group_ad.ad_strength'] ?? strengthOf(customer, ad.number, now),
      approval_status: 'APPROVED',
      headlines: isDisplay ? ['On the lot'] : textsAs('HEADLINE'),
      descriptions: isDisplay ? ['Come and see.', 'Open on Sundays.'] : textsAs('DESCRIPTION'),
      long_headline: isDisplay ? 'Every model on the lot, today' : null,
      business_name: isDisplay ? customer.spec.name : null,
      path1: ad.type === 'RESPONSIVE_SEARCH_AD' ? 'suv' : null,
      landing_url: finalUrlOf(ad),
    }
  }
  for (const group of assetGroupsOf(customer)) {
    const key = { platform: 'google', ad_group_id: group.id, ad_id: '' }
    const of = assetGroupRow(customer, group, now)
    if (of['asset_group.status'] === 'REMOVED') yield { ...key, gone: true }
    else
      yield {
        ...key,
        external_account_id,
        kind: 'asset_group',
        campaign_id: group.campaign.id,
        name: of['asset_group.name'],
        status: of['asset_group.status'],
        effective_status: of['asset_group.primary_status'],
        ad_strength: of['asset_group.ad_strength'],
        landing_urls: of['asset_group.final_urls'],
        path1: 'all',
      }
  }
}

/** Rows of `ads_creatives_creatives`: assets stay for ever. */
export function* assetsTruth(customer: GoogleCustomer, now: number): Generator<Row> {
  for (const asset of assetsOf(customer, now)) {
    const { id, type, value } = asset
    yield {
      platform: 'google',
      creative_id: id,
      external_account_id: customer.spec.id,
      creative_type: type,
      source: 'ADVERTISER',
      name: nameOf(asset),
      body: type === 'TEXT' ? value : null,
      bodies: type === 'TEXT' ? [value] : [],
      video_id: type === 'YOUTUBE_VIDEO' ? value : null,
      width: type === 'IMAGE' ? '1200' : null,
      height: type === 'IMAGE' ? '628' : null,
      file_size: type === 'IMAGE' ? '84211' : null,
      mime_type: type === 'IMAGE' ? 'IMAGE_JPEG' : null,
    }
  }
}

const nameOf = ({ type, value }: SimulatedAsset): string | null =>
  type === 'TEXT' ? null : type === 'IMAGE' ? value : `Video ${value}`

/** Rows of `ads_creatives_links`. What a display ad uses no more is gone; all else that ended is listed as such. */
export function* linksTruth(customer: GoogleCustomer, now: number): Generator<Row> {
  const external_account_id = customer.spec.id
  for (const { campaign, adGroup, ad } of adsOf(customer)) {
    const user = userOf(ad)
    if (!user) continue
    const isDisplay = ad.type === 'RESPONSIVE_DISPLAY_AD'
    const isRemoved = adRow(customer, adGroup, ad)['ad_group_ad.status'] === 'REMOVED'
    for (const { use, isUsed } of everUsed(customer, user, now)) {
      const key = keyOf({ ad_group_id: adGroup.id, ad_id: ad.id }, use)
      if (isDisplay && (isRemoved || !isUsed)) yield { ...key, gone: true }
      else
        yield {
          ...key,
          external_account_id,
          kind: 'ad',
          campaign_id: campaign.id,
          enabled: isUsed,
          performance_label: isDisplay ? null : isUsed ? 'LEARNING' : 'NOT_APPLICABLE',
          pinned_field: use.pinned ?? null,
          source: isDisplay ? null : 'ADVERTISER',
        }
    }
  }
  for (const group of assetGroupsOf(customer)) {
    for (const { use, isUsed } of everUsed(customer, userOfGroup(group), now)) {
      yield {
        ...keyOf({ ad_group_id: group.id, ad_id: '' }, use),
        external_account_id,
        kind: 'asset_group',
        campaign_id: group.campaign.id,
        enabled: isUsed,
        status: isUsed ? 'ENABLED' : 'REMOVED',
        source: 'ADVERTISER',
      }
    }
  }
}

const keyOf = (of: { readonly ad_group_id: string; readonly ad_id: string }, { asset, fieldType }: Use) => ({
  platform: 'google',
  ...of,
  creative_id: asset.id,
  field_type: fieldType,
})

function* adsOf({ campaigns }: GoogleCustomer) {
  for (const campaign of campaigns)
    for (const adGroup of campaign.adGroups) for (const ad of adGroup.ads) yield { campaign, adGroup, ad }
}
