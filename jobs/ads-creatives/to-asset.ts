import type { RecordOf } from '../../src/job/columns'
import * as read from '../../src/lib/read-fields'
import type { creativeColumns } from './columns'
import { contentHash } from './content-hash'
import { firstOf } from './fields'

export type CreativeRecord = RecordOf<typeof creativeColumns>

/** A Google asset as it is stored, from a row as it came. What it is used as is told by links. Never throws. */
export function toAsset(row: unknown, customerId: string): CreativeRecord {
  const { customer, asset: given } = read.fieldsOf(row)
  const asset = read.fieldsOf(given)
  const image = read.fieldsOf(asset['imageAsset'])
  const fullSize = read.fieldsOf(image['fullSize'])
  const video = read.fieldsOf(asset['youtubeVideoAsset'])
  const body = read.text(read.fieldsOf(asset['textAsset'])['text'])
  const videoId = read.text(video['youtubeVideoId'])
  const id = read.id(asset['id'])
  const mapped = {
    platform: 'google',
    external_account_id: read.ownAccount(read.fieldsOf(customer)['id'], customerId),
    creative_id: id,
    creative_type: read.text(asset['type']),
    name: read.text(asset['name']),
    source: read.text(asset['source']),
    text_place: body === null ? null : 'asset',
    body,
    headlines: [],
    bodies: listOf(body),
    descriptions: [],
    landing_url: firstOf(asset['finalUrls']),
    landing_urls: read.texts(asset['finalUrls']),
    image_hashes: [],
    video_id: videoId,
    video_ids: listOf(videoId),
    video_title: read.text(video['youtubeVideoTitle']),
    width: read.decimal(fullSize['widthPixels']),
    height: read.decimal(fullSize['heightPixels']),
    file_size: read.decimal(image['fileSize']),
    mime_type: read.text(image['mimeType']),
    image_url: read.text(fullSize['url']),
    // An asset never changes, so an image is told by its id.
    content_hash: contentHash(id, body, videoId),
  }
  // The engine checks every value against the stream's columns: until then they are only believed to fit.
  return mapped as unknown as CreativeRecord
}

const listOf = (value: unknown): unknown[] => (value === null ? [] : [value])
