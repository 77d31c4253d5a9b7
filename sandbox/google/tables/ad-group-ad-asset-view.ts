import { everUsed, userOf } from '../contents'
import { adGroupFields, adGroupRow, campaignFields, campaignRow, customerFields, customerRow } from './fields'
import { named, type Table } from './table'

/** Which assets responsive search ads use and have used. Responsive display ads are not in it. */
export const adGroupAdAssetViewTable: Table = {
  resource: 'ad_group_ad_asset_view',
  fields: [
    ...customerFields,
    ...campaignFields,
    ...adGroupFields,
    ...named('ad_group_ad_asset_view', [
      'ad_group_ad',
      'asset',
      'field_type',
      'enabled',
      'performance_label',
      'pinned_field',
      'source',
    ]),
  ],
  *rows(customer, { now }) {
    const { id } = customer.spec
    for (const campaign of customer.campaigns) {
      for (const adGroup of campaign.adGroups) {
        for (const ad of adGroup.ads) {
          const user = ad.type === 'RESPONSIVE_SEARCH_AD' ? userOf(ad) : undefined
          if (!user) continue
          for (const [index, { use, isUsed }] of everUsed(customer, user, now).entries()) {
            const name = `${adGroup.id}~${ad.id}~${use.asset.id}~${use.fieldType}`
            yield {
              ...customerRow(customer),
              ...campaignRow(customer, campaign),
              ...adGroupRow(customer, adGroup),
              'ad_group_ad_asset_view.resource_name': `customers/${id}/adGroupAdAssetViews/${name}`,
              'ad_group_ad_asset_view.ad_group_ad': `customers/${id}/adGroupAds/${adGroup.id}~${ad.id}`,
              'ad_group_ad_asset_view.asset': `customers/${id}/assets/${use.asset.id}`,
              'ad_group_ad_asset_view.field_type': use.fieldType,
              // What is false is there or not, as Google likes.
              'ad_group_ad_asset_view.enabled': isUsed ? true : index % 2 === 0 ? false : undefined,
              'ad_group_ad_asset_view.performance_label': isUsed ? 'LEARNING' : 'NOT_APPLICABLE',
              'ad_group_ad_asset_view.pinned_field': use.pinned,
              'ad_group_ad_asset_view.source': 'ADVERTISER',
            }
          }
        }
      }
    }
  },
}
