import { Agent } from 'undici'
import { CallTally } from '../job/call-tally'
import { VendorConfigError } from '../job/errors'
import type { Http, HttpDoor, RateBucket, VendorAccess, VendorHost, VersionedApi } from '../job/http'
import type { RateLimiter } from '../job/rate-limiter'
import { isPlainHttpAmong } from '../lib/base-url'
import { minutes, seconds } from '../lib/durations'
import { wait } from '../lib/wait'
import { limiterFor, type RateShare } from './rate-share'
import type { VendorCall } from './sender'
import { TokenCache } from './token-cache'
import { VendorHttp, type VendorHttpSetup } from './vendor-http'

export type { VendorCall } from './sender'

export interface VendorDoorOptions {
  readonly baseUrls: Readonly<Record<VendorHost, string>>
  /** Of the vendors' APIs, as they stand in a path. */
  readonly versions: Readonly<Record<VersionedApi, string>>
  readonly limiter: RateLimiter
  /** Of this build: the vendors read `Syncfleet/<version>`. */
  readonly version: string
  /** Hears of every request that was sent, repeated ones included. */
  readonly onCall?: (call: VendorCall) => void
  /**
   * For development and tests: a credential's own URL may be plain http where one of `baseUrls` is, to the same host and
   * port, as when both lead to the sandbox. Default false: https only.
   */
  readonly trustsPlainHttpSettings?: boolean
  /** Widens every bucket, for tests and benches against the sandbox. Default 1. */
  readonly bucketScale?: number
  /** Default a timer. */
  readonly wait?: VendorHttpSetup['wait']
  /** 0 to 1, for jitter. Default `Math.random`. */
  readonly random?: () => number
  /** Default the process' clock. Dates in `Retry-After` are read against it. */
  readonly now?: () => Date
  /** Milliseconds of a clock that never goes back, by which tokens grow old. Default the process' own. */
  readonly tokenClock?: () => number
  /** Longest silence inside a streamed answer, in milliseconds. Default 5 min. */
  readonly idleTimeout?: number
}

/**
 * The door to the vendors: their connections, limits, retries and errors. One per process; its owner disposes of it after
 * the syncs have ended. A caller's abort rejects with the signal's own reason; everything else is a class of `job/errors.ts`.
 */
export class VendorDoor implements HttpDoor, AsyncDisposable {
  readonly versions: Readonly<Record<VersionedApi, string>>
  readonly baseUrls: Readonly<Record<VendorHost, string>>
  readonly #setup: VendorHttpSetup
  readonly #agent: Agent
  /** Base URLs whose plain http is trusted. */
  readonly #plain: readonly string[]
  readonly #bucketScale: number
  #closed: Promise<void> | undefined

  constructor(options: VendorDoorOptions) {
    this.versions = options.versions
    this.baseUrls = options.baseUrls
    this.#plain = options.trustsPlainHttpSettings ? Object.values(options.baseUrls) : []
    this.#bucketScale = options.bucketScale ?? 1
    // A call's own timeout governs all that follows the connection.
    this.#agent = new Agent({ connect: { timeout: seconds(5) }, headersTimeout: 0, bodyTimeout: 0 })
    this.#setup = {
      dispatcher: this.#agent,
      limiter: options.limiter,
      tokens: new TokenCache(options.tokenClock ? { now: options.tokenClock } : {}),
      idleTimeout: options.idleTimeout ?? minutes(5),
      userAgent: `Syncfleet/${options.version}`,
      onCall: options.onCall ?? (() => undefined),
      wait: options.wait ?? wait,
      random: options.random ?? Math.random,
      now: options.now ?? (() => new Date()),
    }
  }

  for(access: VendorAccess, tally?: CallTally): Http {
    return this.#open(this.#setup, access, tally)
  }

  /** The same door for a caller that keeps to a share of every limit. */
  limitedTo(share: RateShare): HttpDoor {
    const setup = { ...this.#setup, limiter: limiterFor(this.#setup.limiter, share) }
    const { versions, baseUrls } = this
    return { versions, baseUrls, for: (access, tally) => this.#open(setup, access, tally) }
  }

  #open(setup: VendorHttpSetup, access: VendorAccess, tally = new CallTally()): Http {
    const base = this.#baseOf(access)
    const { bucket } = access
    if (!bucket) return new VendorHttp(setup, access, base, tally)
    return new VendorHttp(setup, { ...access, bucket: this.#scaled(bucket) }, base, tally)
  }

  #scaled(bucket: RateBucket): RateBucket {
    return {
      ...bucket,
      perSecond: bucket.perSecond * this.#bucketScale,
      inFlight: bucket.inFlight * this.#bucketScale,
      ...(bucket.within ? { within: this.#scaled(bucket.within) } : {}),
    }
  }

  #baseOf({ host, allowsPlainHttp = false }: VendorAccess): URL {
    // What a setting may be was checked when it was read.
    if (typeof host === 'string') return new URL(this.baseUrls[host])
    if (host.protocol === 'https:' || allowsPlainHttp || isPlainHttpAmong(host, this.#plain)) return host
    throw new VendorConfigError(`${host.host}: expected an https:// URL in the credential or the account`)
  }

  /** Ends every connection, idle or not. */
  async [Symbol.asyncDispose](): Promise<void> {
    await (this.#closed ??= this.#agent.destroy())
  }
}
