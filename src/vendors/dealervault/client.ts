import {
  PagingLoopError,
  PositionRefusedError,
  VendorConfigError,
  VendorResponseError,
} from '../../job/errors'
import type { Http, HttpDoor } from '../../job/http'
import { dealervaultAccess, deliveryAccess, LostDeliveryError, type DealerVaultSecrets } from './access'
import { DeliveryPage, DeliveryState, UpdatedFeeds, type DealerVaultRow, type FileType } from './answers'

/** The largest page that has been seen in use. */
const pageSize = '500'
/** Per delivery; one that goes on for longer never ends. */
const maxPages = 4000

/** What a delivery is to hold. Days are the rooftop's own, both included. */
export type DeliveryOptions =
  | { readonly type: 'Historical'; readonly historicalMonths: number }
  | { readonly type: 'Catchup'; readonly catchupStartDate: string; readonly catchupEndDate: string }
  | { readonly type: 'Daily' }

export interface DeliveryRequest {
  readonly rooftopId: string
  readonly fileType: FileType
  readonly options: DeliveryOptions
}

/** Where to go on inside a delivery, and how many rows came before it. */
export interface DeliveryPlace {
  readonly token: string
  readonly rows: number
}

export interface RowsPage {
  readonly rows: readonly DealerVaultRow[]
  /** Where to go on after this page; undefined after the last one. */
  readonly next: DeliveryPlace | undefined
}

/** DealerVault's delivery API, version 1, for one vendor program. Stateless: one client serves any number of deliveries. */
export class DealerVaultClient {
  readonly #programId: string
  readonly #http: Http
  readonly #delivery: Http

  constructor(door: HttpDoor, secrets: DealerVaultSecrets & { readonly program_id: string }) {
    this.#programId = secrets.program_id
    this.#http = door.for(dealervaultAccess(secrets, door))
    this.#delivery = door.for(deliveryAccess(secrets, door))
  }

  /**
   * When DealerVault last had something new of a rooftop's feed, as the vendor writes it; undefined where it lists
   * nothing since `since`, a day. The answer covers every rooftop of the program.
   */
  async lastPoll(
    { rooftopId, fileType, since }: { rooftopId: string; fileType: FileType; since: string },
    signal: AbortSignal,
  ): Promise<string | undefined> {
    const query = new URLSearchParams({ fileTypeCode: fileType, compareDate: since })
    const path = `/vendor/${encodeURIComponent(this.#programId)}/feeds/updated-data`
    const feeds = (await this.#http.get(path, { schema: UpdatedFeeds, query, signal })) ?? []
    return feeds.find(({ dvdId, fileTypeCode }) => dvdId === rooftopId && fileTypeCode === fileType)
      ?.lastPollDate
  }

  /** Asks for a delivery. Each call starts one, so its id is to be kept before anything else is done. */
  async ask(request: DeliveryRequest, signal: AbortSignal): Promise<DeliveryState> {
    const body = { programId: this.#programId, ...request }
    return this.#http.post('/delivery', { schema: DeliveryState, body, signal })
  }

  /** How far a delivery is; `Purged` also where the vendor knows none of this id any more. */
  async status(requestId: string, signal: AbortSignal): Promise<DeliveryState['status']> {
    try {
      const path = `/delivery/${encodeURIComponent(requestId)}`
      return (await this.#delivery.get(path, { schema: DeliveryState, signal })).status
    } catch (error) {
      if (error instanceof LostDeliveryError) return 'Purged'
      throw error
    }
  }

  /**
   * Pages of a delivery that is ready, or the rest of them from a saved place. Throws `PositionRefusedError` where the
   * vendor does not take the place any more, or the delivery is gone, and `VendorResponseError` after the last page
   * where the rows are not as many as the vendor said: then what came before must not count as whole.
   */
  async *rows(
    requestId: string,
    from: DeliveryPlace | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<RowsPage> {
    let rows = from?.rows ?? 0
    let place = from
    const asked = new Set<string>()
    for (;;) {
      if (place) asked.add(place.token)
      const page = await this.#page(requestId, place, signal)
      rows += page.records.length
      const token = page.continuationToken || undefined
      if (token !== undefined && asked.has(token)) {
        throw new PagingLoopError(`delivery ${requestId}: a page leads back to one that was read`)
      }
      if (asked.size >= maxPages)
        throw new PagingLoopError(`delivery ${requestId}: more than ${maxPages} pages`)
      if (page.records.length !== page.totalRecordsInPage)
        throw miscounted(requestId, page.records.length, page.totalRecordsInPage)
      place = token === undefined ? undefined : { token, rows }
      if (!place && rows !== page.totalRecords) throw miscounted(requestId, rows, page.totalRecords)
      yield { rows: page.records, next: place }
      if (!place) return
    }
  }

  async #page(
    requestId: string,
    place: DeliveryPlace | undefined,
    signal: AbortSignal,
  ): Promise<NonNullable<DeliveryPage>> {
    const query = new URLSearchParams({ requestId, pageSize })
    if (place) query.set('continuationToken', place.token)
    try {
      const page = await this.#delivery.get('/delivery', { schema: DeliveryPage, query, signal })
      return page ?? { totalRecords: place?.rows ?? 0, totalRecordsInPage: 0, records: [] }
    } catch (cause) {
      const isRefused = cause instanceof LostDeliveryError || (place && cause instanceof VendorConfigError)
      if (!isRefused) throw cause
      throw new PositionRefusedError(`delivery ${requestId}: the vendor does not go on with it`, { cause })
    }
  }
}

const miscounted = (requestId: string, got: number, said: number): VendorResponseError =>
  new VendorResponseError(`delivery ${requestId}: ${got} rows came where the vendor counts ${said}`)
