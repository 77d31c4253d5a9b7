import { bigint, boolean, instant, json, nullable, text, texts, volatile } from '../../src/job/columns'

/** Vendor ids are text: they exceed what numbers hold. States and types too: both platforms add to theirs. */
const account = {
  /** `google` or `meta`. */
  platform: text(),
  external_account_id: text(),
}

const place = {
  /** Of Google, the ad group, or the asset group of Performance Max; empty at Meta, where an ad's id is enough. */
  ad_group_id: text(),
  /** Empty where an asset group stands for an ad. */
  ad_id: text(),
  /** `ad` or `asset_group`. */
  kind: text(),
  campaign_id: nullable(text()),
}

/** Which ad exists, where, and in what state. At Google it is the ad that has the texts, at Meta its creative. */
export const adColumns = {
  ...account,
  ...place,
  /** Meta's ad set. */
  adset_id: nullable(text()),
  name: nullable(text()),
  /** Google's type of ad, such as `RESPONSIVE_SEARCH_AD`. */
  ad_type: nullable(text()),
  /** As somebody set it. */
  status: nullable(text()),
  /** What comes of it: Meta's effective status, Google's primary status. */
  effective_status: nullable(text()),
  configured_status: nullable(text()),
  approval_status: nullable(text()),
  review_status: nullable(text()),
  ad_strength: nullable(text()),
  /** Of Meta, the creative that the ad shows. It need not be among the creatives: old ones are listed no more. */
  creative_id: nullable(text()),

  headlines: texts(),
  descriptions: texts(),
  long_headline: nullable(text()),
  business_name: nullable(text()),
  path1: nullable(text()),
  path2: nullable(text()),
  /** Where a click leads; the first one of several. */
  landing_url: nullable(text()),
  landing_urls: texts(),
  mobile_urls: texts(),
  tracking_template: nullable(text()),
  display_url: nullable(text()),
  preview_url: volatile(nullable(text())),

  /** Google's `ad` as it came, with whatever its type has. */
  ad: nullable(json()),
  /** Of the texts alone: it differs where an ad says something else. */
  content_hash: nullable(text()),
  vendor_created_at: nullable(instant()),
  vendor_updated_at: nullable(instant()),
}

/** What an ad says and shows: a creative at Meta, an asset at Google. */
export const creativeColumns = {
  ...account,
  creative_id: text(),
  /** Meta's object type, Google's type of asset. */
  creative_type: nullable(text()),
  name: nullable(text()),
  status: nullable(text()),
  /** Who made a Google asset. */
  source: nullable(text()),

  /** Where the texts stand in a Meta creative: `asset_feed_spec`, `link_data` and its like, `plain` or `post`; of Google `asset`. */
  text_place: nullable(text()),
  headline: nullable(text()),
  body: nullable(text()),
  description: nullable(text()),
  /** All variants and the cards of a carousel, the one above first. */
  headlines: texts(),
  bodies: texts(),
  descriptions: texts(),
  call_to_action: nullable(text()),
  landing_url: nullable(text()),
  landing_urls: texts(),
  url_tags: nullable(text()),

  page_id: nullable(text()),
  instagram_user_id: nullable(text()),
  /** The post that it shows or became. */
  post_id: nullable(text()),
  product_set_id: nullable(text()),

  /** What tells images and videos apart; their addresses do not. */
  image_hash: nullable(text()),
  image_hashes: texts(),
  video_id: nullable(text()),
  video_ids: texts(),
  video_title: nullable(text()),
  width: nullable(bigint()),
  height: nullable(bigint()),
  file_size: nullable(bigint()),
  mime_type: nullable(text()),

  /** Signed addresses change with every answer and expire: their change is none of the creative. */
  image_url: volatile(nullable(text())),
  thumbnail_url: volatile(nullable(text())),
  /** Those from within the specs, by where they stood. */
  media_urls: volatile(nullable(json())),

  /** The vendor's own, without the signed addresses. */
  object_story_spec: nullable(json()),
  asset_feed_spec: nullable(json()),
  /** Of texts, call to action, images and videos, without any address: it differs where the creative shows something else. */
  content_hash: nullable(text()),
}

/** Which Google ad or asset group uses which asset, and as what. A Meta ad names its one creative itself. */
export const linkColumns = {
  ...account,
  ...place,
  creative_id: text(),
  /** `HEADLINE`, `MARKETING_IMAGE` and so on. */
  field_type: text(),
  /** False where the ad or asset group used it once and does no more. */
  enabled: boolean(),
  status: nullable(text()),
  primary_status: nullable(text()),
  performance_label: nullable(text()),
  pinned_field: nullable(text()),
  source: nullable(text()),
}
