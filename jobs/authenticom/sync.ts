import {
  PagingLoopError,
  PositionRefusedError,
  VendorConfigError,
  VendorResponseError,
  type SyncError,
} from '../../src/job/errors'
import type { Page } from '../../src/job/streams'
import type { Sync } from '../../src/job/sync'
import { seconds } from '../../src/lib/durations'
import { addDays, dayOf } from '../../src/lib/local-days'
import { DealerVaultClient, type DeliveryPlace } from '../../src/vendors/dealervault/client'
import type { authenticom, FeedCursor } from './definition'
import { Deliveries, PutOffError, type Purpose } from './deliveries'
import type { Order, ReadyDelivery } from './delivery'
import type { Standing } from './feed-notes'
import { feeds, handleFor, orderOf, type Feed } from './feeds'
import { objectorsOf } from './objectors'
import { recordsOf } from './records-of'

/** Days in which a feed that is alive was polled. */
const lookBack = 30

/**
 * One feed after the other, so that a rooftop has one delivery in progress: first those that an earlier attempt asked
 * for, then those of which the vendor says that there is something new. A delivery is asked for, kept, waited for
 * without a worker, and read page by page; when all its rows are written, the feed's cursor moves to its last day.
 */
export const sync: Sync<typeof authenticom> = async function* (context) {
  const { account, days, now, operations, pseudonym, secrets, signal, streams, wants, note } = context
  const { externalId: rooftopId, settings } = account
  const today = dayOf(now, account.timezone)
  const client = new DealerVaultClient(context.http, secrets)
  const firstLook = seconds(settings.poll_seconds)
  const programId = secrets.program_id
  const deliveries = new Deliveries({ client, operations, rooftopId, programId, now, firstLook, signal })

  const problems: SyncError[] = []
  const wanted = feeds.filter(isWanted)
  for (const [feed, standing] of await inOrder()) {
    try {
      if (standing.kind === 'failed') problems.push(standing.error)
      else if (standing.kind !== 'done') yield* read(feed, standing)
    } catch (error) {
      // What is wrong with one feed is no reason to leave the others.
      if (!concernsOneFeed(error)) throw error
      problems.push(error)
      // What came of it must not count, and it would not be any better in the next attempt.
      if (!(error instanceof PutOffError)) yield* fail(feed, error)
    }
  }
  // Whoever waits is heard first: the notes of the others are needed until then.
  const worst = problems.toSorted((a, b) => weightOf(b) - weightOf(a))[0]
  if (!(worst instanceof PutOffError)) for (const feed of wanted) await forgetNote(feed)
  if (worst) throw worst

  /** There is one lot, the one of today: a window of days has no part in it. */
  function isWanted({ stream, fileType, isSnapshot }: Feed): boolean {
    return settings.feeds.includes(fileType) && wants(stream) && !(days && isSnapshot)
  }

  /** What is under way comes first. */
  async function inOrder(): Promise<[Feed, Standing][]> {
    const found: [Feed, Standing][] = []
    for (const feed of wanted) found.push([feed, await deliveries.standing(purposeOf(feed))])
    return found.toSorted(([, a], [, b]) => Number(b.kind === 'under way') - Number(a.kind === 'under way'))
  }

  async function* fail(feed: Feed, error: SyncError): AsyncGenerator<Page> {
    await deliveries.markFailed(purposeOf(feed), error)
    yield handleFor(streams, feed).restart()
  }

  async function forgetNote(feed: Feed): Promise<void> {
    const { kind } = await deliveries.standing(purposeOf(feed))
    if (kind === 'done' || kind === 'failed') await deliveries.forget(purposeOf(feed))
  }

  function purposeOf({ stream, fileType }: Feed): Purpose {
    return { purpose: days ? `${stream} ${days.from}/${days.to}` : stream, fileType }
  }

  async function* read(feed: Feed, standing: Standing): AsyncGenerator<Page> {
    let { cursor } = handleFor(streams, feed)
    if (standing.kind === 'under way') {
      cursor = yield* take(feed, await deliveries.look(purposeOf(feed), standing.delivery))
      // One that was asked for today is as new as another would be.
      if (days || cursor.through >= today) return
    }
    const order = await orderFor(feed, cursor)
    if (order) yield* take(feed, await deliveries.ask(purposeOf(feed), order))
    else note(`${feed.fileType}: nothing new since ${cursor?.through}`)
  }

  /** What to ask for; nothing where the vendor has polled nothing new since the last delivery. */
  async function orderFor(feed: Feed, cursor: FeedCursor | undefined): Promise<Order | undefined> {
    const { overlap = 0 } = handleFor(streams, feed)
    const options = { cursor, today, window: days, overlap, firstLoadMonths: settings.first_load_months }
    if (days) return orderOf(feed, { ...options, polled: null })
    // The day before, because nobody says in which zone the vendor's instants are.
    const since = addDays(cursor?.polled?.slice(0, 10) ?? cursor?.through ?? today, cursor ? -1 : -lookBack)
    const polled = await client.lastPoll({ rooftopId, fileType: feed.fileType, since }, signal)
    const hasNews = polled !== undefined && polled !== cursor?.polled
    return hasNews || !cursor ? orderOf(feed, { ...options, polled: polled ?? null }) : undefined
  }

  /** Every row of a delivery that is ready, or the rest of them; then the cursor. */
  async function* take(feed: Feed, ready: ReadyDelivery): AsyncGenerator<Page, FeedCursor> {
    const of = purposeOf(feed)
    const handle = handleFor(streams, feed)
    const { position } = handle
    // What a listing has seen belongs to its sync, so a listing never goes on in the middle.
    const isResumed = position?.request_id === ready.request_id && !feed.isSnapshot
    if (position && !isResumed) yield handle.restart()
    let delivery = ready
    try {
      yield* rows(feed, delivery, isResumed ? position : undefined)
    } catch (error) {
      if (!(error instanceof PositionRefusedError)) throw error
      note(`${feed.fileType}: the vendor refuses the place in the delivery; it starts over`)
      yield handle.restart()
      delivery = await deliveries.look(of, delivery)
      yield* rowsOrReplace(feed, delivery)
    }
    // What the engine refuses to believe must not be read once more.
    if (feed.isSnapshot) await deliveries.forget(of)
    const cursor = { through: delivery.through, polled: delivery.polled }
    yield handle.complete(cursor)
    await deliveries.markDone(of)
    return cursor
  }

  /** A delivery that is refused from its first row on is lost, whatever its status says. */
  async function* rowsOrReplace(feed: Feed, delivery: ReadyDelivery): AsyncGenerator<Page> {
    try {
      yield* rows(feed, delivery, undefined)
    } catch (error) {
      if (error instanceof PositionRefusedError) await deliveries.replace(purposeOf(feed), delivery)
      throw error
    }
  }

  async function* rows(
    feed: Feed,
    delivery: ReadyDelivery,
    from: DeliveryPlace | undefined,
  ): AsyncGenerator<Page> {
    const handle = handleFor(streams, feed)
    let count = from?.rows ?? 0
    for await (const page of client.rows(delivery.request_id, from, signal)) {
      const records = recordsOf(feed, page.rows, { rooftopId, pseudonym })
      count += records.length
      const objectors = objectorsOf(records)
      // First, so that no row of theirs is written before; and a sync that is cut off here reads the page again.
      if (objectors.length > 0) yield handle.forget(objectors)
      const position = page.next && { request_id: delivery.request_id, ...page.next }
      if (records.length > 0) yield handle.page(records, position ? { position } : {})
    }
    note(`${feed.fileType}: ${count} rows through ${delivery.through}`)
  }
}

const concernsOneFeed = (error: unknown): error is SyncError =>
  error instanceof VendorConfigError ||
  error instanceof VendorResponseError ||
  error instanceof PagingLoopError ||
  error instanceof PutOffError

/** What a person must act on comes before what goes away by itself. */
const weightOf = (error: SyncError): number =>
  error instanceof VendorConfigError ? 2 : error instanceof PutOffError ? 0 : 1
