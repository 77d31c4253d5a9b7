import * as read from '../../src/lib/read-fields'
import { contentHash } from './content-hash'
import { contentOf } from './creative-content'
import { firstOf } from './fields'
import { withoutMediaUrls } from './media-urls'
import type { CreativeRecord } from './to-asset'

/** A Meta creative as it is stored, from a row as it came. Names field by field what is kept. Never throws. */
export function toMetaCreative(raw: unknown, accountId: string): CreativeRecord {
  const row = read.fieldsOf(raw)
  const story = withoutMediaUrls(row['object_story_spec'], 'object_story_spec')
  const feed = withoutMediaUrls(row['asset_feed_spec'], 'asset_feed_spec')
  const content = contentOf(row)
  const { textPlace, headlines, bodies, descriptions, links, imageHashes, videoIds, callToAction } = content
  const { page_id: pageId, instagram_user_id: instagramUserId } = read.fieldsOf(row['object_story_spec'])
  const mediaUrls = { ...story.urls, ...feed.urls }
  const mapped = {
    platform: 'meta',
    external_account_id: read.ownAccount(row['account_id'], accountId),
    creative_id: read.id(row['id']),
    creative_type: read.text(row['object_type']),
    name: read.text(row['name']),
    status: read.text(row['status']),

    text_place: textPlace,
    headline: firstOf(headlines),
    body: firstOf(bodies),
    description: firstOf(descriptions),
    headlines,
    bodies,
    descriptions,
    call_to_action: callToAction,
    landing_url: firstOf(links),
    landing_urls: links,
    url_tags: read.text(row['url_tags']),

    page_id: read.id(pageId ?? row['actor_id']),
    instagram_user_id: read.id(row['instagram_user_id'] ?? instagramUserId),
    post_id: read.text(row['effective_object_story_id'] ?? row['object_story_id']),
    product_set_id: read.id(row['product_set_id']),

    image_hash: firstOf(imageHashes),
    image_hashes: imageHashes,
    video_id: firstOf(videoIds),
    video_ids: videoIds,

    image_url: read.text(row['image_url']),
    thumbnail_url: read.text(row['thumbnail_url']),
    media_urls: Object.keys(mediaUrls).length > 0 ? mediaUrls : null,

    object_story_spec: story.spec,
    asset_feed_spec: feed.spec,
    content_hash: contentHash(headlines, bodies, descriptions, callToAction, imageHashes, videoIds),
  }
  // The engine checks every value against the stream's columns: until then they are only believed to fit.
  return mapped as unknown as CreativeRecord
}
