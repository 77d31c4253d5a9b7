import type { MetaAccount } from './account'
import { isRemoved, stateOf } from './ad-states'
import { contentOf } from './creative-content'
import { creativeRow } from './creative-row'
import { creativeOf, creativesOf } from './creatives'
import type { Raw } from './objects'

/** Rows of `ads_creatives_ads`. Deleted and archived ads are gone, where a copy has seen them at all. */
export function* adsTruth(account: MetaAccount, now: number): Generator<Raw> {
  for (const ad of account.ads(now)) {
    const key = { platform: 'meta', ad_group_id: '', ad_id: ad.id }
    const state = stateOf(account, ad, now)
    if (isRemoved(state)) yield { ...key, gone: true }
    else
      yield {
        ...key,
        external_account_id: String(account.spec.id),
        kind: 'ad',
        campaign_id: ad.campaign.id,
        adset_id: ad.adset.id,
        name: ad.name,
        status: state.status,
        effective_status: state.effective,
        creative_id: creativeOf(account, ad, now).id,
        vendor_created_at: new Date(Math.floor(ad.createdAt / 1000) * 1000),
        vendor_updated_at: new Date(state.since),
      }
  }
}

/** Rows of `ads_creatives_creatives`. What was listed once and is no more is gone. */
export function* creativesTruth(account: MetaAccount, now: number): Generator<Raw> {
  for (const creative of creativesOf(account, now)) {
    const key = { platform: 'meta', creative_id: creative.id }
    if (!creative.isListed) {
      yield { ...key, gone: true }
      continue
    }
    const { kind, id } = creative
    const row = creativeRow(account, creative, now)
    const content = contentOf(account, creative)
    const page = `555${account.spec.id}`
    yield {
      ...key,
      external_account_id: String(account.spec.id),
      creative_type: row['object_type'],
      name: row['name'],
      status: row['status'],
      text_place: kind,
      headline: content.headlines[0] ?? null,
      body: content.bodies[0] ?? null,
      headlines: content.headlines,
      bodies: content.bodies,
      descriptions: content.descriptions,
      landing_url: content.links[0] ?? null,
      landing_urls: content.links,
      image_hashes: content.imageHashes,
      video_id: content.videoIds[0] ?? null,
      call_to_action: content.callToAction,
      page_id: page,
      post_id: kind === 'plain' || kind === 'text_data' ? null : `${page}_${id}`,
    }
  }
}
