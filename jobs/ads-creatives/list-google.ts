import { z } from 'zod'
import { PositionRefusedError } from '../../src/job/errors'
import type { Page } from '../../src/job/streams'
import type { SyncContext } from '../../src/job/sync'
import type { Platform } from '../../src/vendors/ad-platform'
import { GoogleAdsClient } from '../../src/vendors/google/client'
import { HeavyQueryError } from '../../src/vendors/google/errors'
import type { adsCreatives } from './definition'
import * as queries from './google-queries'
import { toAsset } from './to-asset'
import { toAdAssetLink, toAssetGroupLink, toDisplayLinks } from './to-google-links'
import { toAssetGroup, toGoogleAd } from './to-google-ad'

/** Pages from the middle of a listing say that it was begun, no more. */
const begun = { position: { after: null } }

/** Assets, then ads and asset groups, then what they use: five queries, each one operation of Google's quota. */
export async function* listGoogle(
  { streams, http, now, signal, note }: SyncContext<typeof adsCreatives>,
  { id, secrets }: Platform & { readonly name: 'google' },
): AsyncGenerator<Page> {
  const { creatives, ads, links } = streams
  const client = new GoogleAdsClient(http, secrets, now)
  // What an earlier attempt saw may be gone by now, and a listing is not entered in the middle.
  for (const handle of [creatives, ads, links]) if (handle.position) yield handle.restart()

  let count = 0
  for await (const rows of rowsOf(queries.assets)) {
    count += rows.length
    yield creatives.page(
      rows.map((row) => toAsset(row, id)),
      begun,
    )
  }
  yield creatives.complete()
  note(`${count} assets`)

  count = 0
  for await (const rows of rowsOf(queries.ads)) {
    count += rows.length
    const used = rows.flatMap((row) => toDisplayLinks(row, id))
    if (used.length > 0) yield links.page(used, begun)
    yield ads.page(
      rows.map((row) => toGoogleAd(row, id)),
      begun,
    )
  }
  for await (const rows of rowsOf(queries.assetGroups)) {
    count += rows.length
    yield ads.page(
      rows.map((row) => toAssetGroup(row, id)),
      begun,
    )
  }
  yield ads.complete()
  note(`${count} ads and asset groups`)

  for await (const rows of rowsOf(queries.adAssets))
    yield links.page(
      rows.map((row) => toAdAssetLink(row, id)),
      begun,
    )
  for await (const rows of rowsOf(queries.assetGroupAssets))
    yield links.page(
      rows.map((row) => toAssetGroupLink(row, id)),
      begun,
    )
  yield links.complete()

  /** All rows of a query; page by page where Google cannot stream them. Some may come twice then, which does no harm. */
  async function* rowsOf(query: string): AsyncGenerator<readonly unknown[]> {
    try {
      yield* client.stream(id, query, z.unknown(), signal)
      return
    } catch (error) {
      if (!(error instanceof HeavyQueryError)) throw error
    }
    note('Google cannot stream a list; it is read page by page')
    try {
      yield* searched(query)
    } catch (error) {
      if (!(error instanceof PositionRefusedError)) throw error
      yield* searched(query)
    }
  }

  async function* searched(query: string): AsyncGenerator<readonly unknown[]> {
    for await (const { rows } of client.search(id, query, z.unknown(), signal))
      if (rows.length > 0) yield rows
  }
}
