import { Agent } from 'undici'
import { VendorConfigError } from '../job/errors'
import type { Http, HttpDoor, VendorAccess, VendorHost } from '../job/http'
import type { RateLimiter } from '../job/rate-limiter'
import { isPrivateEnough } from '../lib/base-url'
import { seconds } from '../lib/durations'
import { wait } from '../lib/wait'
import { VendorHttp, type VendorCall, type VendorHttpSetup } from './vendor-http'

export type { VendorCall } from './vendor-http'

export interface VendorDoorOptions {
  readonly baseUrls: Readonly<Record<VendorHost, string>>
  readonly limiter: RateLimiter
  /** Of this build: the vendors read `Syncfleet/<version>`. */
  readonly version: string
  /** Hears of every request that was sent, repeated ones included. */
  readonly onCall?: (call: VendorCall) => void
  /** Widens every bucket, for tests and benches against the sandbox. Default 1. */
  readonly bucketScale?: number
  /** Default a timer. */
  readonly wait?: VendorHttpSetup['wait']
  /** 0 to 1, for jitter. Default `Math.random`. */
  readonly random?: () => number
  /** Default the process' clock. Dates in `Retry-After` are read against it. */
  readonly now?: () => Date
}

/**
 * The door to the vendors: their connections, limits, retries and errors. One per process; its owner disposes of it after
 * the syncs have ended. A caller's abort rejects with the signal's own reason; everything else is a class of `job/errors.ts`.
 */
export class VendorDoor implements HttpDoor, AsyncDisposable {
  readonly #setup: VendorHttpSetup
  readonly #agent: Agent
  readonly #baseUrls: Readonly<Record<VendorHost, string>>
  readonly #bucketScale: number
  #closed: Promise<void> | undefined

  constructor(options: VendorDoorOptions) {
    this.#baseUrls = options.baseUrls
    this.#bucketScale = options.bucketScale ?? 1
    // A call's own timeout governs all that follows the connection.
    this.#agent = new Agent({ connect: { timeout: seconds(5) }, headersTimeout: 0, bodyTimeout: 0 })
    this.#setup = {
      dispatcher: this.#agent,
      limiter: options.limiter,
      userAgent: `Syncfleet/${options.version}`,
      onCall: options.onCall ?? (() => undefined),
      wait: options.wait ?? wait,
      random: options.random ?? Math.random,
      now: options.now ?? (() => new Date()),
    }
  }

  for(access: VendorAccess): Http {
    const base = typeof access.host === 'string' ? new URL(this.#baseUrls[access.host]) : access.host
    if (typeof access.host !== 'string' && !isPrivateEnough(base)) {
      throw new VendorConfigError(`${base.host}: the credential's URL must begin with https://`)
    }
    const { bucket } = access
    if (!bucket) return new VendorHttp(this.#setup, access, base)
    const widened = {
      key: bucket.key,
      perSecond: bucket.perSecond * this.#bucketScale,
      inFlight: bucket.inFlight * this.#bucketScale,
    }
    return new VendorHttp(this.#setup, { ...access, bucket: widened }, base)
  }

  /** Ends every connection, idle or not. */
  async [Symbol.asyncDispose](): Promise<void> {
    await (this.#closed ??= this.#agent.destroy())
  }
}
