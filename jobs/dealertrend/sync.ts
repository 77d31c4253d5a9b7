import { VendorUnavailableError } from '../../src/job/errors'
import type { Page } from '../../src/job/streams'
import type { Sync } from '../../src/job/sync'
import { dealertrendAccess } from '../../src/vendors/dealertrend/access'
import { DealerTrendClient } from '../../src/vendors/dealertrend/client'
import type { dealertrend, VehiclesPosition } from './definition'
import { cursorAfter, digestOf, isUnchanged } from './light-list'
import { toVehicle } from './to-vehicle'

/**
 * All vehicles of the account's sale classes, one class after the other. The light list comes first: where it is what it was,
 * nothing is read. The position moves with each page; the listing is complete when no class has changed its number of pages
 * meanwhile.
 */
export const sync: Sync<typeof dealertrend> = async function* (context) {
  const { account, secrets, http, signal, now, note } = context
  const { vehicles } = context.streams
  const { externalId, settings } = account
  const access = dealertrendAccess({ ...settings, ...secrets }, http.baseUrls.dealertrend)
  const client = new DealerTrendClient(http.for(access), externalId)
  const { cursor } = vehicles

  const saved = vehicles.position
  const mayGoOn = saved?.sale_classes.join() === settings.sale_classes.join()
  if (saved && !mayGoOn) yield vehicles.restart()
  let listing = saved && mayGoOn ? saved : fromTheStart(await readDigest())
  if (listing !== saved && isUnchanged(cursor, listing.digest, now)) {
    note('the light list is what it was at the last two listings: no vehicle is read')
    return
  }

  for (;;) {
    const { totals, isShort } = yield* read(listing)
    // A host that always promises more pages than it has is believed the second time.
    const isFaulty = isShort && !listing.restarted
    if (!isFaulty && !(await hasMoved(totals))) break
    yield vehicles.restart()
    if (listing.restarted)
      throw new VendorUnavailableError(`the list of company ${externalId} keeps moving while it is read`)
    note('the list has moved while it was read, or ended too early: it is read again')
    listing = fromTheStart(listing.digest, true)
  }
  // The digest is older than the listing: what changed meanwhile is read again next time.
  yield vehicles.complete(cursorAfter(cursor, listing.digest, now))

  async function readDigest(): Promise<string | null> {
    return digestOf(await client.lightList(signal), settings.sale_classes)
  }

  function fromTheStart(digest: string | null, restarted = false): VehiclesPosition {
    return { sale_classes: settings.sale_classes, index: 0, page: 1, totals: [], digest, restarted }
  }

  async function* read(from: VehiclesPosition): AsyncGenerator<Page, Extent> {
    const totals = [...from.totals]
    let isShort = false
    for (const [index, saleClass] of settings.sale_classes.entries()) {
      if (index < from.index) continue
      const place = index === from.index ? { page: from.page, total: totals[index] } : undefined
      let count = 0
      let at = place?.page ?? 1
      for await (const { total, next, ...page } of client.vehicles(saleClass, place, signal)) {
        totals[index] = total
        at += 1
        const goOn = next ? { index, page: at } : { index: index + 1, page: 1 }
        const records = page.vehicles.map((vehicle) => toVehicle(vehicle, externalId))
        const position = { ...from, ...goOn, totals: [...totals] }
        if (records.length > 0) yield vehicles.page(records, { position })
        count += records.length
      }
      isShort ||= at <= (totals[index] ?? 0)
      note(`${saleClass}: ${count} vehicles`)
    }
    return { totals, isShort }
  }

  async function hasMoved(totals: VehiclesPosition['totals']): Promise<boolean> {
    for (const [index, saleClass] of settings.sale_classes.entries()) {
      if ((await client.pages(saleClass, signal)) !== totals[index]) return true
    }
    return false
  }
}

/** What a listing was like from end to end. */
interface Extent {
  /** Pages that each sale class was said to have. */
  readonly totals: VehiclesPosition['totals']
  /** There were fewer than was said. */
  readonly isShort: boolean
}
