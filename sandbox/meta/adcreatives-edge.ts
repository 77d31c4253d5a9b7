import { creativeRow } from './creative-row'
import { creativesOf } from './creatives'
import { fieldNames, type EdgeRequest, type EdgeRow, type MetaEdge } from './edge'
import { oddRows } from './odd-rows'

/** The creatives of an account: no filter, no times. */
export const adCreativesEdge: MetaEdge = {
  product: 'ads_management',
  fields: new Set(
    (
      'id,account_id,name,status,title,body,object_type,actor_id,image_hash,image_url,thumbnail_url,thumbnail_id,video_id,' +
      'call_to_action_type,link_url,object_url,template_url,url_tags,object_story_id,effective_object_story_id,' +
      'object_story_spec,asset_feed_spec,product_set_id,instagram_user_id,instagram_permalink_url,' +
      'effective_instagram_media_id,source_instagram_media_id,degrees_of_freedom_spec,platform_customizations,image_crops'
    ).split(','),
  ),
  unasked: ['id'],
  parameters: new Set(),
  rows: rowsOf,
  // A test may have made one so heavy that no page can hold it with all its variants.
  largestPage: (request) => (isTooHeavy(request) ? 0 : request.account.spec.largestPage),
}

function* rowsOf({ account, now }: EdgeRequest): Generator<EdgeRow> {
  for (const creative of creativesOf(account, now)) {
    if (creative.isListed) yield { key: creative.id, row: creativeRow(account, creative, now) }
  }
  yield* oddRows(account, 'adcreatives')
}

function isTooHeavy(request: EdgeRequest): boolean {
  const { query, after = '' } = request
  if (!fieldNames(query.get('fields') ?? '').includes('asset_feed_spec')) return false
  let left = Number(query.get('limit') ?? '25')
  for (const { key, row } of rowsOf(request)) {
    if (key <= after) continue
    if (left === 0) return false
    if (row['heavy'] === true) return true
    left -= 1
  }
  return false
}
