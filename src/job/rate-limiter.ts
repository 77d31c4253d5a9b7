import type { Pauses, RateBucket } from './http'

/** The right to send one request. */
export interface RateGrant {
  /** When the request may leave, in microseconds of the limiter's own clock. */
  readonly at: number
  /** Frees the place in flight. Never fails, and is safe twice: a place that is not freed expires. */
  release(): Promise<void>
}

export interface GrantOptions {
  readonly signal: AbortSignal
  /** The longest wait, in milliseconds. Where more is needed a `RateLimitedError` says how long. */
  readonly maxWait: number
  /** Milliseconds after which a request that was never released no longer counts as in flight. */
  readonly holdFor: number
}

/**
 * Keeps the limits of `RateBucket` over the whole fleet. Every method throws `StorageUnavailableError` where it cannot
 * tell: a request without a grant might cost all clients of a key their access.
 */
export interface RateLimiter {
  /** Resolves when the request may be sent: by its bucket and by all those around it at once. An abort rejects with the signal's reason and gives the place back. */
  grant(bucket: RateBucket, options: GrantOptions): Promise<RateGrant>
  /** Lets nobody ask for this many milliseconds. Never shortens a longer block. */
  block(key: string, milliseconds: number): Promise<void>
  /**
   * Blocks after a refusal that named no wait: 2 s, doubling up to 60 s with every refusal that follows soon, and jitter
   * on top; or as `pauses` says. Refusals that arrive while the bucket is blocked count once. Resolves with the milliseconds
   * left to wait.
   */
  backOff(key: string, pauses?: Pauses): Promise<number>
}
