const query = (resource: string, fields: readonly string[], where = ''): string =>
  `SELECT ${['customer.id', ...fields].join(', ')} FROM ${resource} ${where}` +
  'PARAMETERS omit_unselected_resource_names=true'

const named = (prefix: string, names: string): string[] => names.split(' ').map((name) => `${prefix}.${name}`)

/*
 * Google's own language. No figures and no segments: with either, whatever had no traffic would be missing.
 */

/** Ads in their ad groups. Those of the types that are not spelled out come with what all types have. */
export const ads = query(
  'ad_group_ad',
  [
    'campaign.id',
    'ad_group.id',
    ...named('ad_group_ad', 'status primary_status ad_strength'),
    ...named('ad_group_ad.policy_summary', 'approval_status review_status'),
    ...named('ad_group_ad.ad', 'id name type final_urls final_mobile_urls tracking_url_template display_url'),
    ...named('ad_group_ad.ad.responsive_search_ad', 'headlines descriptions path1 path2'),
    ...named(
      'ad_group_ad.ad.responsive_display_ad',
      'headlines long_headline descriptions business_name marketing_images square_marketing_images ' +
        'logo_images square_logo_images youtube_videos',
    ),
  ],
  "WHERE ad_group_ad.status != 'REMOVED' ",
)

/** What stands for ads in Performance Max. */
export const assetGroups = query(
  'asset_group',
  [
    'campaign.id',
    ...named(
      'asset_group',
      'id name status primary_status ad_strength final_urls final_mobile_urls path1 path2',
    ),
  ],
  "WHERE asset_group.status != 'REMOVED' ",
)

/** The bytes of an image are a field, too, and never asked for. */
export const assets = query(
  'asset',
  [
    ...named('asset', 'id name type source final_urls'),
    'asset.text_asset.text',
    ...named('asset.image_asset.full_size', 'url width_pixels height_pixels'),
    ...named('asset.image_asset', 'file_size mime_type'),
    ...named('asset.youtube_video_asset', 'youtube_video_id youtube_video_title'),
  ],
  "WHERE asset.type IN ('IMAGE', 'TEXT', 'YOUTUBE_VIDEO') ",
)

/** What search ads and their like use. Responsive display ads are not in it: those say it themselves. */
export const adAssets = query('ad_group_ad_asset_view', [
  'campaign.id',
  ...named(
    'ad_group_ad_asset_view',
    'ad_group_ad asset field_type enabled performance_label pinned_field source',
  ),
])

/** What asset groups use, and used: a link that ended stays, with the status `REMOVED`. */
export const assetGroupAssets = query('asset_group_asset', [
  'campaign.id',
  ...named('asset_group_asset', 'asset_group asset field_type status primary_status source'),
])
