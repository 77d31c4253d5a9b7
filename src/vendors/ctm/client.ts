import {
  PagingLoopError,
  PositionRefusedError,
  VendorRequestError,
  VendorResponseError,
} from '../../job/errors'
import type { Http } from '../../job/http'
import { AccountsPage, CallsPage, CtmAccount, type CtmCall } from './answers'

/** The largest page that the vendor serves. */
const perPage = '150'
/** Per window; a window that goes on for longer is one that never ends. */
const maxPages = 2000

/** Whole days in the account's own zone, both included. */
export interface CtmDays {
  readonly from: string
  readonly to: string
}

/** Where to go on inside a window: the vendor's own query, and how many pages came before it. */
export interface CtmPosition {
  readonly query: string
  readonly pages: number
}

export interface CtmCallsPage {
  readonly calls: readonly CtmCall[]
  /** Where to go on after this page; undefined after the last one. */
  readonly next: CtmPosition | undefined
}

interface Listing<Item> {
  readonly items: readonly Item[]
  readonly next_page?: string | null | undefined
}

/** CallTrackingMetrics' REST API, version 1. Stateless: one client serves any number of windows. */
export class CtmClient {
  readonly #http: Http

  constructor(http: Http) {
    this.#http = http
  }

  /** The accounts that the key may read. */
  async *accounts(signal: AbortSignal): AsyncGenerator<readonly CtmAccount[]> {
    const pages = follow(firstPage({ page: '1' }), 'the list of accounts', async (query) => {
      const page = await this.#http.get('/accounts.json', { schema: AccountsPage, query, signal })
      return { items: page.accounts, next_page: page.next_page }
    })
    for await (const { items } of pages) yield items
  }

  /** One account: a cheap check that key and account belong together. */
  async account(accountId: string, signal: AbortSignal): Promise<CtmAccount> {
    return this.#http.get(`${pathOf(accountId)}.json`, { schema: CtmAccount, signal })
  }

  /**
   * Pages of the calls, texts, forms and chats of some days, in no promised order, or the rest of them from a saved
   * position. Throws `PositionRefusedError` where the vendor does not take its own query any more.
   */
  async *calls(
    accountId: string,
    from: CtmDays | CtmPosition,
    signal: AbortSignal,
  ): AsyncGenerator<CtmCallsPage> {
    const path = `${pathOf(accountId)}/calls.json`
    const read = async (query: URLSearchParams, pagesBefore: number): Promise<Listing<CtmCall>> => {
      try {
        const page = await this.#http.get(path, { schema: CallsPage, query, signal })
        return { items: page.calls, next_page: page.next_page }
      } catch (cause) {
        if (pagesBefore === 0 || !(cause instanceof VendorRequestError)) throw cause
        throw new PositionRefusedError(`${path}: the vendor refuses its own query for the next page`, {
          cause,
        })
      }
    }
    const start = 'query' in from ? from : firstPage({ start_date: from.from, end_date: from.to })
    for await (const { items, next } of follow(start, path, read)) yield { calls: items, next }
  }
}

const pathOf = (accountId: string): string => `/accounts/${encodeURIComponent(accountId)}`

const firstPage = (query: Record<string, string>): CtmPosition => ({
  query: new URLSearchParams({ ...query, per_page: perPage }).toString(),
  pages: 0,
})

/** Reads page after page until the vendor names no next one, or an empty one. Totals play no part. */
async function* follow<Item>(
  start: CtmPosition,
  what: string,
  read: (query: URLSearchParams, pagesBefore: number) => Promise<Listing<Item>>,
): AsyncGenerator<{ items: readonly Item[]; next: CtmPosition | undefined }> {
  let at: CtmPosition | undefined = start
  const asked = new Set<string>()
  while (at) {
    asked.add(at.query)
    const { items, next_page }: Listing<Item> = await read(new URLSearchParams(at.query), at.pages)
    const pages: number = at.pages + 1
    at = next_page && items.length > 0 ? { query: queryOf(next_page, what), pages } : undefined
    if (at && asked.has(at.query))
      throw new PagingLoopError(`${what}: page ${pages} leads back to one that was read`)
    if (at && pages >= maxPages) throw new PagingLoopError(`${what}: more than ${maxPages} pages`)
    yield { items, next: at }
  }
}

/** Only the query of the vendor's link counts: our credentials go to no host and no path that an answer names. */
function queryOf(link: string, what: string): string {
  const query = /\?([^#]+)/.exec(link)?.[1]
  if (query === undefined) throw new VendorResponseError(`${what}: next_page has no query`)
  return query
}
