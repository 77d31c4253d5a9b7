import type { Token } from '../job/http'
import { seconds } from '../lib/durations'
import { race } from './race'

export interface TokenCacheOptions {
  /** A token is replaced this many milliseconds before it expires, or at half its life where that is later. Default 60 s. */
  readonly margin?: number
  /** Milliseconds of a clock that never goes back. Default the process' own. */
  readonly now?: () => number
}

interface Flight {
  readonly token: Promise<string>
  readonly abort: AbortController
  waiting: number
}

/** Access tokens by key, each fetched once however many callers ask at the same time. Failures are not kept. */
export class TokenCache {
  readonly #margin: number
  readonly #now: () => number
  readonly #tokens = new Map<string, { readonly value: string; readonly freshUntil: number }>()
  readonly #flights = new Map<string, Flight>()

  constructor(options: TokenCacheOptions = {}) {
    this.#margin = options.margin ?? seconds(60)
    this.#now = options.now ?? (() => performance.now())
  }

  /**
   * The token of a key, from `fetch` where none is fresh. A caller that aborts leaves with its own reason; the fetch goes
   * on for the others, and is aborted when nobody waits for it any more.
   */
  async get(
    key: string,
    fetch: (signal: AbortSignal) => Promise<Token>,
    signal: AbortSignal,
  ): Promise<string> {
    signal.throwIfAborted()
    const known = this.#tokens.get(key)
    if (known && this.#now() < known.freshUntil) return known.value
    const flight = this.#flights.get(key) ?? this.#launch(key, fetch)
    flight.waiting += 1
    try {
      return await race(flight.token, signal)
    } finally {
      flight.waiting -= 1
      if (flight.waiting === 0) this.#land(key, flight)
    }
  }

  /** Forgets a token that the vendor refused. Does nothing where another one has taken its place. */
  invalidate(key: string, value: string): void {
    if (this.#tokens.get(key)?.value === value) this.#tokens.delete(key)
  }

  #launch(key: string, fetch: (signal: AbortSignal) => Promise<Token>): Flight {
    const abort = new AbortController()
    const flight: Flight = { token: this.#fetch(key, fetch, abort.signal), abort, waiting: 0 }
    this.#flights.set(key, flight)
    return flight
  }

  async #fetch(
    key: string,
    fetch: (signal: AbortSignal) => Promise<Token>,
    signal: AbortSignal,
  ): Promise<string> {
    const askedAt = this.#now()
    const { value, lifetime } = await fetch(signal)
    // An abandoned fetch must not put its token over a newer one.
    if (!signal.aborted) {
      this.#tokens.set(key, { value, freshUntil: askedAt + Math.max(lifetime - this.#margin, lifetime / 2) })
    }
    return value
  }

  #land(key: string, flight: Flight): void {
    if (this.#flights.get(key) === flight) this.#flights.delete(key)
    flight.abort.abort()
  }
}
