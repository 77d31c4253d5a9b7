import type { RateLimits, RateMeter } from '../../../sandbox/rate-meter'
import type { RateGrant, RateLimiter } from '../../../src/job/rate-limiter'
import { deferred, type Deferred } from '../deferred'

const second = 1_000_000

/** A request that has its grant, and is on its way to the vendor. */
interface Leaving {
  readonly at: number
  readonly gone: Deferred<void>
}

/**
 * When each request left, by the clock of the limiter that let it. By when requests arrive nothing could be said of a limiter:
 * where the machine stalls, what left in good order arrives in one bunch. Grants are handed out one after the other, the next
 * when the request of the last one has arrived, so that each request is known by its grant.
 */
export class Departures {
  /** Microseconds at which the requests of a vendor's key left. */
  readonly #left = new Map<string, { readonly limits: RateLimits; readonly at: number[] }>()
  readonly #ungranted = new Set<string>()
  #leaving: Leaving | undefined

  /** The meter goes on to count what is in flight, and refuses nothing for its rate. */
  constructor(meter: RateMeter) {
    const enter = meter.enter.bind(meter)
    meter.enter = (key, limits) => {
      this.#arrived(key, limits)
      return enter(key, { ...limits, perSecond: Infinity })
    }
  }

  /** The same limiter, heard. */
  under(limiter: RateLimiter): RateLimiter {
    return {
      grant: async (bucket, options) => this.#hold(await limiter.grant(bucket, options)),
      block: async (key, milliseconds) => limiter.block(key, milliseconds),
      backOff: async (key, pauses) => limiter.backOff(key, pauses),
    }
  }

  /** The keys whose requests left too close together, or without a grant. */
  excesses(): string[] {
    const tooMany = [...this.#left].flatMap(([key, { limits, at }]) => {
      const most = mostPerSecond(at)
      return most > limits.perSecond ? [`${key}: ${most} in a second that may hold ${limits.perSecond}`] : []
    })
    return [...tooMany, ...[...this.#ungranted].map((key) => `${key}: without a grant`)]
  }

  async #hold(grant: RateGrant): Promise<RateGrant> {
    while (this.#leaving) await this.#leaving.gone.promise
    const leaving = { at: grant.at, gone: deferred() }
    this.#leaving = leaving
    return {
      at: grant.at,
      release: async () => {
        // One that never arrived must not hold up the others.
        this.#end(leaving)
        await grant.release()
      },
    }
  }

  #arrived(key: string, limits: RateLimits): void {
    const leaving = this.#leaving
    if (!leaving) {
      this.#ungranted.add(key)
      return
    }
    const known = this.#left.get(key) ?? { limits, at: [] }
    known.at.push(leaving.at)
    this.#left.set(key, known)
    this.#end(leaving)
  }

  #end(leaving: Leaving): void {
    if (this.#leaving === leaving) this.#leaving = undefined
    leaving.gone.resolve()
  }
}

/** The most that left within one second, wherever it begins. */
function mostPerSecond(instants: readonly number[]): number {
  const at = instants.toSorted((a, b) => a - b)
  return Math.max(0, ...at.map((end, index) => index + 1 - at.findIndex((time) => time > end - second)))
}
