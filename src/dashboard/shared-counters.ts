import type { ClientRateLimitInfo, Store } from 'express-rate-limit'
import type { ExpiringValues } from '../queue/expiring-values'

/** express-rate-limit's counters, in Redis: shared by all replicas. A counter starts over `period` ms after its first count. */
export class SharedCounters implements Store {
  readonly localKeys = false
  readonly #values: ExpiringValues
  readonly #space: string
  readonly #period: number

  /** `space` keeps the counters of one limit apart from those of others. */
  constructor(values: ExpiringValues, space: string, period: number) {
    this.#values = values
    this.#space = space
    this.#period = period
  }

  async increment(key: string): Promise<ClientRateLimitInfo> {
    const { count, expiresIn } = await this.#values.count(`${this.#space}:${key}`, this.#period)
    return { totalHits: count, resetTime: new Date(Date.now() + expiresIn) }
  }

  async decrement(key: string): Promise<void> {
    await this.#values.uncount(`${this.#space}:${key}`)
  }

  async resetKey(key: string): Promise<void> {
    await this.#values.delete(`${this.#space}:${key}`)
  }
}
