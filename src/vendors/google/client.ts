import { z } from 'zod'
import {
  PagingLoopError,
  RateLimitedError,
  VendorTimeoutError,
  VendorUnavailableError,
} from '../../job/errors'
import type { Http, HttpDoor } from '../../job/http'
import { fieldsOf, numberOf } from '../../lib/read-fields'
import { googleAdsAccess, type GoogleAdsSecrets } from './access'
import { ExpensiveQueryError, HeavyQueryError } from './errors'
import { faultOf } from './fault'
import { meaningInStream } from './meaning'

export interface SearchPage<Row> {
  readonly rows: readonly Row[]
  /** Where the next page begins; undefined after the last one. Good with the identical query only. */
  readonly next: string | undefined
}

/** Ten million rows; a query that goes on for longer is one that never ends. */
const maxPages = 1000

/**
 * Google Ads' reporting. A query is in Google's own language; rows come as Google writes them, lowerCamelCase, with int64
 * as text, and a field that is unset or zero may be missing. Customers are named by their digits.
 */
export class GoogleAdsClient {
  readonly #http: (customerId: string) => { readonly http: Http; readonly developerBucket: string }
  readonly #version: string

  /** `now` is the attempt's start by Postgres' clock: assertions are dated by it and the time that has passed since. */
  constructor(door: HttpDoor, secrets: GoogleAdsSecrets, now: Date) {
    const startedAt = performance.now()
    const clock = (): Date => new Date(now.getTime() + performance.now() - startedAt)
    this.#version = door.versions.googleAds
    this.#http = (customerId) => {
      const access = googleAdsAccess(door, secrets, customerId, clock)
      return { http: door.for(access), developerBucket: access.bucket?.within?.key ?? '' }
    }
  }

  /**
   * All rows of a query, batch by batch as they arrive: one operation of Google's quota, however many they are. Throws
   * `HeavyQueryError` where Google breaks down or off over it: what came before must not count as whole.
   */
  async *stream<Row>(
    customerId: string,
    query: string,
    schema: z.ZodType<Row>,
    signal: AbortSignal,
  ): AsyncGenerator<readonly Row[], void, undefined> {
    const { http, developerBucket } = this.#http(customerId)
    const path = this.#path(customerId, 'searchStream')
    const each = z.looseObject({ results: z.array(schema).optional(), error: z.unknown().optional() })
    let isUnderWay = false
    try {
      for await (const batch of http.stream('POST', path, {
        each,
        body: { query },
        signal,
        idempotent: true,
      })) {
        const fault = faultOf(batch)
        if (fault) {
          const code = numberOf(fieldsOf(batch.error)['code']) ?? 500
          throw meaningInStream(fault, code, `POST googleAds ${path}`, developerBucket)
        }
        isUnderWay = true
        if (batch.results && batch.results.length > 0) yield batch.results
      }
    } catch (error) {
      throw isUnderWay ? brokenOff(error) : expensive(error)
    }
  }

  /**
   * Pages of a query's rows, from a saved token on where one is given: one operation for all pages together. Throws
   * `PositionRefusedError` where Google no longer takes a token.
   */
  async *search<Row>(
    customerId: string,
    query: string,
    schema: z.ZodType<Row>,
    signal: AbortSignal,
    { pageToken }: { readonly pageToken?: string | undefined } = {},
  ): AsyncGenerator<SearchPage<Row>, void, undefined> {
    const { http } = this.#http(customerId)
    const path = this.#path(customerId, 'search')
    const answer = z.looseObject({
      results: z.array(schema).optional(),
      nextPageToken: z.string().optional(),
    })
    const asked = new Set<string>()
    for (let token = pageToken; ;) {
      if (token !== undefined) asked.add(token)
      const body = { query, ...(token === undefined ? {} : { pageToken: token }) }
      const request = { schema: answer, body, signal, idempotent: true }
      const page = await http.post(path, request).catch((error: unknown) => {
        throw expensive(error)
      })
      const next = page.nextPageToken === '' ? undefined : page.nextPageToken
      if (next !== undefined && (asked.has(next) || asked.size >= maxPages))
        throw new PagingLoopError(`POST googleAds ${path}: the pages do not end`)
      yield { rows: page.results ?? [], next }
      if (next === undefined) return
      token = next
    }
  }

  #path(customerId: string, method: string): string {
    return `/${this.#version}/customers/${encodeURIComponent(customerId)}/googleAds:${method}`
  }
}

/** What an answer that began well broke off with, as a query that was too much. */
function brokenOff(error: unknown): unknown {
  const isCutOff = error instanceof VendorUnavailableError || error instanceof VendorTimeoutError
  if (!isCutOff || error instanceof HeavyQueryError) return error
  return new HeavyQueryError(`the answer broke off (${error.message})`, { cause: error })
}

/** The door tells of a wait in its own words, and keeps ours as the cause. */
function expensive(error: unknown): unknown {
  const is = error instanceof RateLimitedError && error.cause instanceof ExpensiveQueryError
  return is ? new ExpensiveQueryError(error.message, error.retryAfter, { cause: error }) : error
}
