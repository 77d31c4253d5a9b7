import { assetsOf, type SimulatedAsset } from '../contents'
import { customerFields, customerRow } from './fields'
import { named, type Row, type Table } from './table'

/** Everything that ads use or have ever used. */
export const assetTable: Table = {
  resource: 'asset',
  fields: [
    ...customerFields,
    ...named('asset', ['id', 'name', 'type', 'source', 'final_urls']),
    'asset.text_asset.text',
    'asset.image_asset.data',
    'asset.image_asset.file_size',
    'asset.image_asset.mime_type',
    'asset.image_asset.full_size.url',
    'asset.image_asset.full_size.width_pixels',
    'asset.image_asset.full_size.height_pixels',
    'asset.youtube_video_asset.youtube_video_id',
    'asset.youtube_video_asset.youtube_video_title',
  ],
  *rows(customer, { now }) {
    const ofCustomer = customerRow(customer)
    for (const asset of assetsOf(customer, now)) {
      yield {
        ...ofCustomer,
        'asset.resource_name': `customers/${customer.spec.id}/assets/${asset.id}`,
        'asset.id': asset.id,
        'asset.type': asset.type,
        'asset.source': 'ADVERTISER',
        ...contentOf(asset, now),
        ...customer.fieldsOf('asset', asset.id),
      }
    }
  },
}

function contentOf({ id, type, value }: SimulatedAsset, now: number): Row {
  if (type === 'TEXT') return { 'asset.text_asset.text': value }
  if (type === 'YOUTUBE_VIDEO')
    return {
      'asset.name': `Video ${value}`,
      'asset.youtube_video_asset.youtube_video_id': value,
      'asset.youtube_video_asset.youtube_video_title': `Walkaround ${value}`,
    }
  return {
    'asset.name': value,
    'asset.image_asset.data': 'CANARY bytes',
    'asset.image_asset.file_size': '84211',
    'asset.image_asset.mime_type': 'IMAGE_JPEG',
    // Another one with every minute, as signed addresses are.
    'asset.image_asset.full_size.url': `https://img.example/${id}?sig=${Math.floor(now / 60_000)}`,
    'asset.image_asset.full_size.width_pixels': '1200',
    'asset.image_asset.full_size.height_pixels': '628',
  }
}
