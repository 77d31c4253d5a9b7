import type { RecordOf } from '../../src/job/columns'
import * as read from '../../src/lib/read-fields'
import type { adColumns } from './columns'
import { contentHash } from './content-hash'
import { firstOf, textsIn } from './fields'

export type AdRecord = RecordOf<typeof adColumns>

/** An ad in its ad group as it is stored, from a row as it came. Never throws. */
export function toGoogleAd(row: unknown, customerId: string): AdRecord {
  const { customer, campaign, adGroup, adGroupAd } = read.fieldsOf(row)
  const of = read.fieldsOf(adGroupAd)
  const ad = read.fieldsOf(of['ad'])
  const search = read.fieldsOf(ad['responsiveSearchAd'])
  const display = read.fieldsOf(ad['responsiveDisplayAd'])
  const policy = read.fieldsOf(of['policySummary'])
  const texts = {
    headlines: textsIn(search['headlines'] ?? display['headlines'], 'text'),
    descriptions: textsIn(search['descriptions'] ?? display['descriptions'], 'text'),
    long_headline: read.text(read.fieldsOf(display['longHeadline'])['text']),
    business_name: read.text(display['businessName']),
    path1: read.text(search['path1']),
    path2: read.text(search['path2']),
  }
  const mapped = {
    platform: 'google',
    external_account_id: read.ownAccount(read.fieldsOf(customer)['id'], customerId),
    ad_group_id: read.id(read.fieldsOf(adGroup)['id']),
    ad_id: read.id(ad['id']),
    kind: 'ad',
    campaign_id: read.id(read.fieldsOf(campaign)['id']),
    name: read.text(ad['name']),
    ad_type: read.text(ad['type']),
    ...statesOf(of),
    approval_status: read.text(policy['approvalStatus']),
    review_status: read.text(policy['reviewStatus']),
    ...texts,
    ...urlsOf(ad),
    tracking_template: read.text(ad['trackingUrlTemplate']),
    display_url: read.text(ad['displayUrl']),
    ad: of['ad'] ?? null,
    content_hash: contentHash(...Object.values(texts)),
  }
  // The engine checks every value against the stream's columns: until then they are only believed to fit.
  return mapped as unknown as AdRecord
}

/** An asset group as it is stored: what Performance Max has in place of ads. Never throws. */
export function toAssetGroup(row: unknown, customerId: string): AdRecord {
  const { customer, campaign, assetGroup } = read.fieldsOf(row)
  const of = read.fieldsOf(assetGroup)
  const mapped = {
    platform: 'google',
    external_account_id: read.ownAccount(read.fieldsOf(customer)['id'], customerId),
    ad_group_id: read.id(of['id']),
    ad_id: '',
    kind: 'asset_group',
    campaign_id: read.id(read.fieldsOf(campaign)['id']),
    name: read.text(of['name']),
    ...statesOf(of),
    // Its texts are assets, and which of them it uses is told by links.
    headlines: [],
    descriptions: [],
    path1: read.text(of['path1']),
    path2: read.text(of['path2']),
    ...urlsOf(of),
  }
  return mapped as unknown as AdRecord
}

const statesOf = (of: read.Fields) => ({
  status: read.text(of['status']),
  effective_status: read.text(of['primaryStatus']),
  ad_strength: read.text(of['adStrength']),
})

const urlsOf = (of: read.Fields) => ({
  landing_url: firstOf(of['finalUrls']),
  landing_urls: read.texts(of['finalUrls']),
  mobile_urls: read.texts(of['finalMobileUrls']),
})
