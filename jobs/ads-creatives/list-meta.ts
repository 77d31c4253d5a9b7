import { PositionRefusedError } from '../../src/job/errors'
import type { Columns, RecordOf } from '../../src/job/columns'
import type { Page, SnapshotHandle } from '../../src/job/streams'
import type { SyncContext } from '../../src/job/sync'
import type { Platform } from '../../src/vendors/ad-platform'
import { MetaClient, type MetaPage } from '../../src/vendors/meta/client'
import type { adsCreatives, ListingPosition } from './definition'
import { metaAds, metaCreatives } from './meta-lists'
import { toMetaAd } from './to-meta-ad'
import { toMetaCreative } from './to-meta-creative'

/** So often a listing starts over because the vendor has forgotten a cursor that it gave moments ago. */
const startsAtMost = 3

interface Listing<C extends Columns> {
  readonly handle: SnapshotHandle<C, unknown, ListingPosition>
  /** The pages from a cursor on, or all of them. */
  readonly list: (after: string | undefined) => AsyncGenerator<MetaPage<unknown>, void, undefined>
  readonly toRecord: (raw: unknown) => RecordOf<C>
}

/** Creatives, then ads. Either listing is long in an old account, and goes on where an attempt before was cut off. */
export async function* listMeta(
  { streams: { creatives, ads }, http, signal, note }: SyncContext<typeof adsCreatives>,
  { id, secrets }: Platform & { readonly name: 'meta' },
): AsyncGenerator<Page> {
  const client = new MetaClient(http, { secrets, accountId: id, product: 'management', note })

  // Ads that were begun come after creatives that are complete.
  if (!ads.position) {
    const count = yield* bringUpToDate({
      handle: creatives,
      list: (after) => metaCreatives(client, { after, signal, note }),
      toRecord: (raw) => toMetaCreative(raw, id),
    })
    note(`${count} creatives`)
  }
  const count = yield* bringUpToDate({
    handle: ads,
    list: (after) => metaAds(client, { after, signal }),
    toRecord: (raw) => toMetaAd(raw, id),
  })
  note(`${count} ads`)
}

/** Returns how many records there were, those of earlier attempts left out. */
async function* bringUpToDate<C extends Columns>({
  handle,
  list,
  toRecord,
}: Listing<C>): AsyncGenerator<Page, number> {
  let position = handle.position
  let count = 0
  for (let starts = 1; position?.after !== null; starts += 1) {
    try {
      for await (const { items, after = null } of list(position?.after)) {
        count += items.length
        // The last page says so, and the next attempt has only the listing to complete.
        position = { after }
        yield handle.page(items.map(toRecord), { position })
      }
    } catch (error) {
      if (!(error instanceof PositionRefusedError) || starts === startsAtMost) throw error
      yield handle.restart()
      position = undefined
      count = 0
    }
  }
  yield handle.complete()
  return count
}
