import type { z } from 'zod'
import type { SyncError } from './errors'

/** The outside APIs whose base URLs are settings. */
export const vendorHosts = [
  'salesforceLogin',
  'dealervault',
  'dealertrend',
  'ctm',
  'googleOauth',
  'googleAds',
  'fortellisIdentity',
  'fortellis',
  'metaGraph',
] as const
export type VendorHost = (typeof vendorHosts)[number]

/** How a vendor is spoken to on behalf of one account. */
export interface VendorAccess {
  /** A host from the settings, or a base URL that is part of the credential. Answers never change it. */
  readonly host: VendorHost | URL
  /** Sent with every request; may hold secrets, so it never reaches a log or an error. */
  readonly headers?: Readonly<Record<string, string>>
  /** The rate bucket that all workers of the fleet share; absent where the vendor states no limit. */
  readonly bucket?: RateBucket
  /** Whole request including retries of its connection, in milliseconds. Default 60 s. */
  readonly timeout?: number
  /** The largest answer that is read, in bytes. Default 32 MiB. */
  readonly maxBytes?: number
  /**
   * What an answer means where this vendor differs: the error to throw, or undefined for the ordinary meaning. It sees
   * every answer, good ones too. A `RateLimitedError` blocks the bucket; `vendor-down` and `transient` errors are tried
   * again where the request may be repeated.
   */
  readonly translate?: (answer: VendorAnswer) => SyncError | undefined
}

/** An answer as it came, for a vendor's own translation. Nothing of its body may go into an error. */
export interface VendorAnswer {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  /** The parsed body; undefined where it is no JSON. */
  readonly json: unknown
  /** Names the request for a message: method, host, path, request id. */
  readonly request: string
}

/** A limit kept over the whole fleet. */
export interface RateBucket {
  /** What the vendor counts by, e.g. a hash of the key. Never the key itself: it becomes part of a Redis key. */
  readonly key: string
  readonly perSecond: number
  readonly inFlight: number
}

export interface HttpRequest<T> {
  /** The answer must pass this; it is what the caller gets. */
  readonly schema: z.ZodType<T>
  readonly signal: AbortSignal
  readonly query?: URLSearchParams
  readonly headers?: Readonly<Record<string, string>>
  /** JSON, or form fields as `URLSearchParams`. */
  readonly body?: unknown
  /** True for a POST that may be repeated without harm. GET always may. */
  readonly idempotent?: boolean
}

/** One vendor's API for one account. Throws the classes of `errors.ts` only. */
export interface Http {
  get<T>(path: string, request: HttpRequest<T>): Promise<T>
  post<T>(path: string, request: HttpRequest<T>): Promise<T>
}

/** Where a sync gets its `Http` from. */
export interface HttpDoor {
  for(access: VendorAccess): Http
}
