export interface RateLimits {
  /** Requests in any second, wherever it begins. */
  readonly perSecond: number
  readonly inFlight: number
}

/** What one key has asked for. */
export interface RateFigures {
  requests: number
  refused: number
  /** The most requests that were seen within one second. */
  mostPerSecond: number
  mostInFlight: number
}

interface Meter extends RateFigures {
  /** Milliseconds of the requests of the last second. */
  recent: number[]
  inFlight: number
}

/** Enforces limits as a vendor does, by when requests arrive, and records how close to them each key came. */
export class RateMeter {
  readonly #now: () => number
  readonly #meters = new Map<string, Meter>()

  /** `now` counts milliseconds and never goes back. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  /** Counts a request. Undefined where it is too much; otherwise `leave` is called once it is answered. */
  enter(key: string, limits: RateLimits): { leave(): void } | undefined {
    const meter = this.#meterOf(key)
    const now = this.#now()
    meter.recent = meter.recent.filter((at) => at > now - 1000)
    meter.recent.push(now)
    meter.requests += 1
    meter.mostPerSecond = Math.max(meter.mostPerSecond, meter.recent.length)
    meter.mostInFlight = Math.max(meter.mostInFlight, meter.inFlight + 1)
    if (meter.recent.length > limits.perSecond || meter.inFlight >= limits.inFlight) {
      meter.refused += 1
      return undefined
    }
    meter.inFlight += 1
    return { leave: () => void (meter.inFlight -= 1) }
  }

  /** The figures of every key since the start or the last reset. */
  figures(): Record<string, RateFigures> {
    return Object.fromEntries(
      [...this.#meters].map(([key, { requests, refused, mostPerSecond, mostInFlight }]) => [
        key,
        { requests, refused, mostPerSecond, mostInFlight },
      ]),
    )
  }

  reset(): void {
    for (const meter of this.#meters.values()) {
      Object.assign(meter, { requests: 0, refused: 0, mostPerSecond: 0, mostInFlight: meter.inFlight })
    }
  }

  #meterOf(key: string): Meter {
    const known = this.#meters.get(key)
    if (known) return known
    const meter = { requests: 0, refused: 0, mostPerSecond: 0, mostInFlight: 0, recent: [], inFlight: 0 }
    this.#meters.set(key, meter)
    return meter
  }
}
