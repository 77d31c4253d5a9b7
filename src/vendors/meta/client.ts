import type { z } from 'zod'
import {
  PagingLoopError,
  PositionRefusedError,
  RateLimitedError,
  VendorResponseError,
} from '../../job/errors'
import type { Http, HttpDoor } from '../../job/http'
import { inWords, minutes } from '../../lib/durations'
import { metaAccess, proofOf, type MetaCaller } from './access'
import { MetaAdAccount, pageOf } from './answers'
import { MetaCursorExpiredError, MetaTooMuchDataError } from './errors'
import { PageSize } from './page-size'
import type { MetaUsage } from './usage'

export interface MetaClientOptions extends MetaCaller {
  /** A line for the log: counts and statuses only. */
  readonly note?: (message: string) => void
}

/** Parameters of a request. Lists and objects are JSON text, as the vendor wants them. */
export type MetaQuery = Readonly<Record<string, string>>

export interface MetaListOptions {
  /** Where to go on: the cursor of an earlier page. They do not last, so none is kept from one run to the next. */
  readonly after?: string | undefined
  /** Rows to ask for at once. Default 100. */
  readonly limit?: number
  /** Where the vendor finds this many too many, it is an error. Default 1. */
  readonly smallest?: number
}

export interface MetaPage<T> {
  readonly items: readonly T[]
  /** The cursor of the next page; undefined after the last one. */
  readonly after: string | undefined
}

/** Percent of a limit from which on we go slowly, and stop by ourselves. */
const careful = 75
const near = 95
const reached = 100
const maxPages = 20_000

/**
 * The Graph API for one ad account. One client serves one attempt: it remembers how near the limits are and how large a page
 * may be. Throws the classes of `job/errors.ts`, `MetaTooMuchDataError` and `MetaObjectMissingError` among them.
 */
export class MetaClient {
  /** The ad account's path below the version, e.g. `/act_300400500`. */
  readonly accountPath: string
  readonly #ordinary: Http
  readonly #careful: Http
  readonly #version: string
  readonly #proof: MetaQuery
  readonly #sizes = new Map<string, PageSize>()
  #usage: MetaUsage | undefined
  #isAgeing = false

  constructor(door: HttpDoor, { note, ...caller }: MetaClientOptions) {
    const listener = {
      onUsage: (usage: MetaUsage) => void (this.#usage = usage),
      onAgeing: () => {
        if (!this.#isAgeing) note?.(`the vendor warns that ${this.#version} of its API will end soon`)
        this.#isAgeing = true
      },
    }
    this.accountPath = `/act_${encodeURIComponent(caller.accountId)}`
    this.#version = door.versions.metaGraph
    this.#proof = proofOf(caller.secrets)
    this.#ordinary = door.for(metaAccess(caller, 'ordinary', listener))
    this.#careful = door.for(metaAccess(caller, 'careful', listener))
  }

  /** One object or any other answer. `path` is below the version, as in all methods. */
  async get<T>(path: string, query: MetaQuery, schema: z.ZodType<T>, signal: AbortSignal): Promise<T> {
    const parameters = new URLSearchParams({ ...query, ...this.#proof })
    return this.#http.get(`/${this.#version}${path}`, { schema, query: parameters, signal })
  }

  /** For what may be asked for twice without harm. */
  async post<T>(path: string, form: MetaQuery, schema: z.ZodType<T>, signal: AbortSignal): Promise<T> {
    const body = new URLSearchParams({ ...form, ...this.#proof })
    return this.#http.post(`/${this.#version}${path}`, { schema, body, signal, idempotent: true })
  }

  /** The ad account itself: a cheap check that token, permission and account belong together. */
  async account(signal: AbortSignal): Promise<MetaAdAccount> {
    const fields = 'account_id,name,currency,timezone_name,account_status'
    return this.get(this.accountPath, { fields }, MetaAdAccount, signal)
  }

  /**
   * Pages of an edge. Each is our own request with the last page's cursor: the vendor's links lead anywhere and hold the
   * token. A page that is too much for the vendor is asked for again with half the rows, down to `smallest`. Stops with a
   * `RateLimitedError` before a limit is hit, and with a `PositionRefusedError` where a cursor has expired: start over then.
   */
  async *list<T>(
    path: string,
    query: MetaQuery,
    schema: z.ZodType<T>,
    signal: AbortSignal,
    { after, limit = 100, smallest = 1 }: MetaListOptions = {},
  ): AsyncGenerator<MetaPage<T>, void, undefined> {
    const size = this.#sizes.get(path) ?? new PageSize(limit, smallest)
    this.#sizes.set(path, size)
    const read = new Set<string>()
    let at = after
    do {
      // A listing that was begun goes on to the limit itself, so that each attempt gets further than the one before.
      this.#pauseAt(read.size === 0 ? near : reached)
      const page: MetaPage<T> = await this.#page(path, query, schema, signal, { at, size })
      if (page.after !== undefined && read.has(page.after))
        throw new PagingLoopError(`${path}: page ${read.size + 1} leads back to one that was read`)
      if (read.size >= maxPages) throw new PagingLoopError(`${path}: more than ${maxPages} pages`)
      read.add(page.after ?? '')
      at = page.after
      yield page
    } while (at !== undefined)
  }

  async #page<T>(
    path: string,
    query: MetaQuery,
    schema: z.ZodType<T>,
    signal: AbortSignal,
    { at, size }: { readonly at: string | undefined; readonly size: PageSize },
  ): Promise<MetaPage<T>> {
    for (;;) {
      const place = { limit: String(size.rows), ...(at === undefined ? {} : { after: at }) }
      try {
        const { data, paging } = await this.get(path, { ...query, ...place }, pageOf(schema), signal)
        size.answered()
        return { items: data, after: paging?.next === undefined ? undefined : cursorOf(paging, path) }
      } catch (error) {
        if (error instanceof MetaCursorExpiredError && at !== undefined)
          throw new PositionRefusedError(`${path}: the vendor refuses its own cursor`, { cause: error })
        if (!(error instanceof MetaTooMuchDataError) || !size.halve()) throw error
      }
    }
  }

  get #http(): Http {
    const { account, app } = this.#usage ?? {}
    return Math.max(account?.percent ?? 0, app?.percent ?? 0) >= careful ? this.#careful : this.#ordinary
  }

  #pauseAt(percent: number): void {
    const { account, app } = this.#usage ?? {}
    const full = [account, app].filter((level) => level !== undefined && level.percent >= percent)
    if (full.length === 0) return
    const pause = Math.max(...full.map((level) => level?.regain ?? minutes(5)))
    const used = Math.round(Math.max(...full.map((level) => level?.percent ?? 0)))
    throw new RateLimitedError(`${used} % of the vendor’s limit is used, wait ${inWords(pause)}`, pause)
  }
}

/** The cursor, and nothing else of the link: our token goes to no host and no path that an answer names. */
function cursorOf(
  {
    cursors,
    next,
  }: { readonly cursors?: { readonly after?: string | undefined } | undefined; next?: string | undefined },
  path: string,
): string {
  const cursor = cursors?.after ?? URL.parse(next ?? '')?.searchParams.get('after')
  if (!cursor) throw new VendorResponseError(`${path}: there is a next page, and no cursor for it`)
  return cursor
}
