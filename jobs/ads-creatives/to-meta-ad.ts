import * as read from '../../src/lib/read-fields'
import type { AdRecord } from './to-google-ad'

/** A Meta ad as it is stored, from a row as it came. What it says is its creative's. Never throws. */
export function toMetaAd(raw: unknown, accountId: string): AdRecord {
  const row = read.fieldsOf(raw)
  const mapped = {
    platform: 'meta',
    external_account_id: read.ownAccount(row['account_id'], accountId),
    ad_group_id: '',
    ad_id: read.id(row['id']),
    kind: 'ad',
    campaign_id: read.id(row['campaign_id']),
    adset_id: read.id(row['adset_id']),
    name: read.text(row['name']),
    status: read.text(row['status']),
    effective_status: read.text(row['effective_status']),
    configured_status: read.text(row['configured_status']),
    creative_id: read.id(read.fieldsOf(row['creative'])['id']),
    headlines: [],
    descriptions: [],
    landing_urls: [],
    mobile_urls: [],
    preview_url: read.text(row['preview_shareable_link']),
    vendor_created_at: read.looseInstant(row['created_time']),
    vendor_updated_at: read.looseInstant(row['updated_time']),
  }
  // The engine checks every value against the stream's columns: until then they are only believed to fit.
  return mapped as unknown as AdRecord
}
