import type { z } from 'zod'
import type { CallTally } from './call-tally'
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
  /** An operator has said that this URL may be plain http, as the settings of an account can. Default https only. */
  readonly allowsPlainHttp?: boolean
  /** Sent with every request; may hold secrets, so it never reaches a log or an error. */
  readonly headers?: Readonly<Record<string, string>>
  /** Where the vendor wants an access token that has to be fetched first: how it is come by, and sent. */
  readonly token?: TokenSource
  /** The rate bucket that all workers of the fleet share; absent where the vendor states no limit. */
  readonly bucket?: RateBucket
  /** Whole request including its retries, in milliseconds; of a streamed answer, all up to its first element. Default 60 s. */
  readonly timeout?: number
  /** The largest answer that is read, in bytes; of a streamed one, the largest element. Default 32 MiB. */
  readonly maxBytes?: number
  /**
   * What an answer means where this vendor differs: the error to throw, or undefined for the ordinary meaning. It sees
   * every answer, good ones too. A `RateLimitedError` blocks the bucket; `vendor-down` and `transient` errors are tried
   * again where the request may be repeated.
   */
  readonly translate?: (answer: VendorAnswer) => SyncError | undefined
}

/**
 * An access token, fetched once per key and process however many accounts share it. A request that is answered with 401
 * drops the token, fetches a new one and is sent once more; a second 401 means what `translate` or the ordinary meaning says.
 */
export interface TokenSource {
  /** What the token belongs to, e.g. a hash of the credential. Never the secret itself. */
  readonly key: string
  /** Asks for a new one. What it throws is what the request throws. */
  readonly fetch: (signal: AbortSignal) => Promise<Token>
  /** The headers that carry it. Default `Authorization: Bearer <token>`. */
  readonly headersOf?: (token: string) => Readonly<Record<string, string>>
  /** Answers that are about the token besides 401; absent, none. */
  readonly isRefusal?: (answer: VendorAnswer) => boolean
}

export interface Token {
  readonly value: string
  /** Milliseconds it is good for, from when it was asked for; `Infinity` where only a 401 tells. */
  readonly lifetime: number
}

/** An answer as it came, for a vendor's own translation. Nothing of its body may go into an error. */
export interface VendorAnswer {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  /** The parsed body; undefined where it is no JSON, and for a good answer that is streamed. */
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
  /** Milliseconds to wait after a refusal that named no wait; doubled with every one that follows. Default 2 s up to 60 s. */
  readonly pauses?: Pauses
  /** A wider bucket that its requests count in as well, e.g. the app's around the account's. A `RateLimitedError` may name it. */
  readonly within?: RateBucket
}

export interface Pauses {
  readonly first: number
  readonly longest: number
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

/** A request whose answer is one long JSON array, read element by element. */
export interface StreamRequest<T> extends Omit<HttpRequest<T>, 'schema'> {
  /** Every element must pass this. */
  readonly each: z.ZodType<T>
  /** The field of the answer that holds the array; absent where the answer is the array. */
  readonly field?: string
}

/** One vendor's API for one account. Throws the classes of `errors.ts` only. */
export interface Http {
  get<T>(path: string, request: HttpRequest<T>): Promise<T>
  post<T>(path: string, request: HttpRequest<T>): Promise<T>
  /**
   * The elements of a long array as they arrive, so that an answer of any length fits in memory. Tried again only until the
   * first element; an answer that breaks off later throws `VendorUnavailableError`, and what came before must not count as whole.
   */
  stream<T>(
    method: 'GET' | 'POST',
    path: string,
    request: StreamRequest<T>,
  ): AsyncGenerator<T, void, undefined>
}

/** The vendors' APIs whose version is a setting. */
export const versionedApis = ['salesforce', 'googleAds', 'metaGraph'] as const
export type VersionedApi = (typeof versionedApis)[number]

/** Where a sync gets its `Http` from. */
export interface HttpDoor {
  /** As they stand in a path, e.g. `v26.0`. */
  readonly versions: Readonly<Record<VersionedApi, string>>
  /** Of the settings: what counts by host must know which one a `VendorHost` is. */
  readonly baseUrls: Readonly<Record<VendorHost, string>>
  /** What is asked through it is counted by `tally`, where there is one. */
  for(access: VendorAccess, tally?: CallTally): Http
}
