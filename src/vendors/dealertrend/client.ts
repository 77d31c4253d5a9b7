import type { z } from 'zod'
import { PagingLoopError, VendorConfigError } from '../../job/errors'
import type { Http } from '../../job/http'
import { Company, idOf, List, totalOf, type DealerTrendVehicle } from './answers'
import { aboutHost, NothingThereError } from './errors'

/** The most that the vendor's own plugin asks for. */
const perPage = '50'
/** Of one sale class; a list that goes on for longer is one that never ends. */
const maxPages = 400

export type SaleClass = 'New' | 'Used'

/** Where to go on inside the list of a sale class. */
export interface ListPlace {
  /** From 1. */
  readonly page: number
  /** The number of pages by the first one; null where it did not tell, undefined before it was read. */
  readonly total: number | null | undefined
}

export interface VehiclesPage {
  readonly vehicles: readonly DealerTrendVehicle[]
  readonly total: number | null
  /** Where to go on after this page; undefined after the last one. */
  readonly next: ListPlace | undefined
}

/** One company at the vendor's Vehicle Management System. Stateless: one client serves any number of listings. */
export class DealerTrendClient {
  readonly #http: Http
  readonly #companyId: string

  constructor(http: Http, companyId: string) {
    this.#http = http
    this.#companyId = companyId
  }

  /** The company: a cheap check of host, id and token. Throws `VendorConfigError` where the host knows no such company. */
  async company(signal: AbortSignal): Promise<Company> {
    const path = `/api/companies/${this.#companyId}`
    const company = await this.#get(path, Company, { signal })
    if (company) return company
    throw new VendorConfigError(`the host has no company ${this.#companyId}: company_id or base_url is wrong`)
  }

  /** What there is, with the instant of each vehicle's last change; undefined where the host does not offer it. */
  async lightList(signal: AbortSignal): Promise<readonly unknown[] | undefined> {
    return this.#get(`/api/companies/${this.#companyId}/vehicles.json`, List, { signal })
  }

  /**
   * The vehicles of a sale class page by page, or the rest of them. It ends at the page that the first one names as the last,
   * or before at an empty page and at one that has nothing new.
   */
  async *vehicles(
    saleClass: SaleClass,
    from: ListPlace | undefined,
    signal: AbortSignal,
  ): AsyncGenerator<VehiclesPage> {
    const known = new Set<string>()
    let at = from ?? { page: 1, total: undefined }
    for (;;) {
      if (at.page > maxPages) throw new PagingLoopError(`${saleClass}: more than ${maxPages} pages`)
      const vehicles = await this.#page(saleClass, at.page, signal)
      const ids = vehicles.map(idOf)
      if (ids.every((id) => known.has(id))) {
        // Only of the first page is it news that there is nothing.
        if (at.page === 1) yield { vehicles, total: 0, next: undefined }
        return
      }
      for (const id of ids) known.add(id)
      const total = at.total === undefined ? totalOf(vehicles) : at.total
      const page = at.page + 1
      const isLast = total !== null && page > total
      yield { vehicles, total, next: isLast ? undefined : { page, total } }
      if (isLast) return
      at = { page, total }
    }
  }

  /** The number of pages of a sale class by now; 0 where it is empty, null where the answer does not tell. */
  async pages(saleClass: SaleClass, signal: AbortSignal): Promise<number | null> {
    const vehicles = await this.#page(saleClass, 1, signal)
    return vehicles.length === 0 ? 0 : totalOf(vehicles)
  }

  /** Empty for a page that is not there. */
  async #page(
    saleClass: SaleClass,
    page: number,
    signal: AbortSignal,
  ): Promise<readonly DealerTrendVehicle[]> {
    const query = new URLSearchParams({
      saleclass: saleClass,
      per_page: perPage,
      page: String(page),
      photo_view: '1',
      sort: 'year_desc',
    })
    const vehicles = await this.#get(`/${this.#companyId}/inventory/vehicles.json`, List, { query, signal })
    // A dealer without vehicles and a wrong id are both answered with 404.
    if (!vehicles && page === 1) await this.company(signal)
    return vehicles ?? []
  }

  /** Undefined for a 404. */
  async #get<T>(
    path: string,
    schema: z.ZodType<T>,
    request: { readonly query?: URLSearchParams; readonly signal: AbortSignal },
  ): Promise<T | undefined> {
    try {
      return await this.#http.get(path, { schema, ...request })
    } catch (error) {
      if (error instanceof NothingThereError) return undefined
      throw aboutHost(error)
    }
  }
}
