import { randomUUID } from 'node:crypto'
import { AttemptInterruptedError } from '../job/errors'
import { Batcher } from '../lib/batcher'
import { seconds } from '../lib/durations'
import { Loop } from '../lib/loop'
import type { Redis } from './connection'
import { keys } from './keys'
import { isAway } from './refusals'
import { Script } from './script'

/** As long as BullMQ's lock: a dead worker's account is free when its job is. */
export const leaseDuration = seconds(8)
const renewEvery = seconds(2)

/**
 * KEYS leases  ARGV[1] duration in ms  ARGV[2n], ARGV[2n+1] of the nth lease: sync id, value (`<sync id>/<attempt's token>`)
 * Reply: for each lease 1 where it is the attempt's now, 0 where another sync has it.
 */
const take = new Script(`
local taken = {}
for i, key in ipairs(KEYS) do
  local sync, value = ARGV[2 * i], ARGV[2 * i + 1]
  local holder = redis.call('GET', key)
  if holder and string.sub(holder, 1, #sync + 1) ~= sync .. '/' then
    taken[i] = 0
  else
    redis.call('SET', key, value, 'PX', ARGV[1])
    taken[i] = 1
  end
end
return taken`)

/**
 * KEYS[1] lease  ARGV[1] value  ARGV[2] duration in ms
 * Reply: 1 where it is still the attempt's (or was lost with Redis' memory, and is taken again), 0 where another has it.
 */
const renew = new Script(`
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1`)

/**
 * KEYS leases  ARGV values, in the same order
 * Reply: for each lease 1 where it was released, 0 where it was not the attempt's any more.
 */
const release = new Script(`
local released = {}
for i, key in ipairs(KEYS) do
  released[i] = redis.call('GET', key) == ARGV[i] and redis.call('DEL', key) or 0
end
return released`)

/** The right to work on an account, renewed in Redis while it is held. */
export interface Lease extends AsyncDisposable {
  /** Aborts with an AttemptInterruptedError once the lease may be somebody else's; its cause is what Redis said, if anything. */
  readonly signal: AbortSignal
}

interface Held {
  readonly key: string
  readonly value: string
  readonly lost: AbortController
  renewedAt: number
}

/** The leases that one process holds. One loop renews them all. */
export class Leases implements AsyncDisposable {
  readonly #redis: Redis
  readonly #keys: ReturnType<typeof keys>
  readonly #onError: (error: unknown) => void
  readonly #held = new Set<Held>()
  readonly #renewing: Loop
  readonly #takes = new Batcher<{ key: string; syncId: string; value: string }, boolean>({
    keyOf: ({ value }) => value,
    perform: async (wanted) => {
      const keysOf = wanted.map(({ key }) => key)
      const args = wanted.flatMap(({ syncId, value }) => [syncId, value])
      const taken = (await take.run(this.#redis, keysOf, [leaseDuration, ...args])) as number[]
      return taken.map((one) => one === 1)
    },
  })
  readonly #releases = new Batcher<{ key: string; value: string }, void>({
    keyOf: ({ value }) => value,
    perform: async (held) => {
      await release.run(
        this.#redis,
        held.map(({ key }) => key),
        held.map(({ value }) => value),
      )
      return held.map(() => undefined)
    },
  })

  /**
   * `redis` is a connection that fails commands at once while Redis is away. `onError` hears of all other troubles:
   * an outage the connection logs itself, and leases that lapse in it abort.
   */
  constructor(redis: Redis, prefix: string, onError: (error: unknown) => void) {
    this.#redis = redis
    this.#onError = (error) => {
      if (!(error instanceof Error && isAway(error))) onError(error)
    }
    this.#keys = keys(prefix)
    this.#renewing = new Loop({ interval: renewEvery, step: () => this.#renewAll(), failed: this.#onError })
    this.#renewing.start()
  }

  /** Takes the account's lease for a sync. Undefined while another sync has it; the same sync's next attempt takes it over. */
  async take(accountId: string, syncId: string): Promise<Lease | undefined> {
    return this.#take(this.#keys.lease(accountId), syncId)
  }

  /** Takes the one place in the fleet for a sync that may bring its worker down. Otherwise as `take`. */
  async takeIsolation(syncId: string): Promise<Lease | undefined> {
    return this.#take(this.#keys.isolation, syncId)
  }

  async #take(key: string, syncId: string): Promise<Lease | undefined> {
    const value = `${syncId}/${randomUUID()}`
    const renewedAt = performance.now()
    if (!(await this.#takes.add({ key, syncId, value }))) return undefined
    const held: Held = { key, value, lost: new AbortController(), renewedAt }
    this.#held.add(held)
    return {
      signal: held.lost.signal,
      [Symbol.asyncDispose]: async () => {
        this.#held.delete(held)
        // Where Redis is away, the lease lapses by itself.
        await this.#releases.add({ key, value }).catch(this.#onError)
      },
    }
  }

  /** Stops renewing. Leases still held lapse. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#renewing[Symbol.asyncDispose]()
  }

  async #renewAll(): Promise<void> {
    let trouble: unknown
    try {
      await Promise.all([...this.#held].map((held) => this.#renew(held)))
    } catch (error) {
      trouble = error
      throw error
    } finally {
      for (const held of this.#held)
        if (performance.now() - held.renewedAt > leaseDuration) this.#lose(held, trouble)
    }
  }

  async #renew(held: Held): Promise<void> {
    const renewedAt = performance.now()
    const answer = await renew.run(this.#redis, [held.key], [held.value, leaseDuration])
    if (answer === 1) held.renewedAt = renewedAt
    else this.#lose(held)
  }

  #lose(held: Held, cause?: unknown): void {
    this.#held.delete(held)
    held.lost.abort(new AttemptInterruptedError('lease-lost', { cause }))
  }
}
