import { StorageUnavailableError } from '../../src/job/errors'
import { Disposables } from '../../src/lib/disposables'
import { minutes, seconds } from '../../src/lib/durations'
import { only } from '../../src/lib/sql'
import { wait } from '../../src/lib/wait'
import { isAway } from '../../src/queue/connection'
import { silentLogger } from '../../src/telemetry/logger'
import { Fleet } from '../../test/support/fleet'
import { TestQueues } from '../../test/support/queues'
import { accounts } from './accounts'
import { Crew } from './crew'
import { NotRecoveredError } from './fault'
import { Ground } from './ground'
import { Loads } from './loads'
import { watchWriting } from './watch-writing'

/** A fault that is not recovered from by then is recorded as such. */
const patience = minutes(2)
const lookEvery = 100

/** How long the vendor takes over an answer: syncs last, and the machine has time for the faults. */
const vendorTakes = 500

export interface WorldOptions {
  readonly redis: 'single' | 'sentinels'
  readonly workers: number
  readonly schedulers: number
  /** From 0 to 1; whatever is random follows from it. */
  readonly random: () => number
  readonly signal: AbortSignal
}

/** One fleet's life: servers of its own, a live sandbox, schedulers, workers, and syncs that never stop. */
export class World implements AsyncDisposable {
  readonly fleet: Fleet
  readonly ground: Ground
  /** A look into Redis. */
  readonly queues: TestQueues
  readonly workers: Crew
  readonly schedulers: Crew
  readonly loads: Loads
  readonly random: () => number
  readonly signal: AbortSignal
  readonly #owned: Disposables

  private constructor(
    owned: Disposables,
    parts: { fleet: Fleet; ground: Ground; queues: TestQueues; loads: Loads },
    { random, signal }: WorldOptions,
  ) {
    this.#owned = owned
    this.fleet = parts.fleet
    this.ground = parts.ground
    this.queues = parts.queues
    this.loads = parts.loads
    this.workers = new Crew(parts.fleet, 'worker')
    this.schedulers = new Crew(parts.fleet, 'scheduler')
    this.random = random
    this.signal = signal
  }

  /** Resolves when every process has started and every account is in the middle of its load. */
  static async open(options: WorldOptions): Promise<World> {
    const owned = new Disposables()
    try {
      const ground = owned.use(await Ground.open(options.redis, options.signal))
      const { url, prefix } = ground.way
      const settings = { REDIS_URL: url, QUEUE_PREFIX: prefix, DATABASE_URL: ground.postgresUrl }
      const fleet = owned.use(await Fleet.open(accounts, settings))
      await watchWriting(fleet.database)
      const queues = owned.use(await TestQueues.open(ground.way, silentLogger))
      const loads = owned.use(new Loads(fleet))
      const world = new World(owned, { fleet, ground, queues, loads }, options)
      await world.#start(options)
      return world
    } catch (error) {
      await owned[Symbol.asyncDispose]()
      throw error
    }
  }

  async #start({ workers, schedulers }: WorldOptions): Promise<void> {
    this.slowVendor()
    const starts = [
      ...Array.from({ length: schedulers }, () => this.schedulers.add()),
      ...Array.from({ length: workers }, () => this.workers.add()),
    ]
    await this.inTime('the fleet starts', Promise.all(starts))
    await this.until('syncs of all accounts are under way', async () => {
      const { rowCount } = await this.fleet.database.query(
        "select 1 from syncs where state = 'running' and pages > 0",
      )
      return rowCount > accounts.length / 2
    })
    this.loads.start()
  }

  /** The vendor answers as slowly as ever, and does nothing else wrong. */
  slowVendor(): void {
    const { faults } = this.fleet.sandbox
    faults.clear()
    faults.add({ kind: 'slow', vendor: 'ctm', milliseconds: vendorTakes, times: Number.MAX_SAFE_INTEGER })
  }

  /** Never answers the next request for this path; all others are answered as slowly as ever. */
  hangVendor(path: string): void {
    const { faults } = this.fleet.sandbox
    faults.clear()
    faults.add({ kind: 'hang', vendor: 'ctm', path })
    faults.add({ kind: 'slow', vendor: 'ctm', milliseconds: vendorTakes, times: Number.MAX_SAFE_INTEGER })
  }

  /** Postgres' clock, in milliseconds. */
  async now(): Promise<number> {
    const query = 'select clock_timestamp() as now'
    return only(await this.fleet.database.query<{ now: Date }>(query)).now.getTime()
  }

  /** Looks until there is something; while Redis or Postgres is away there is nothing. */
  async until<T>(what: string, look: () => Promise<T | undefined | false>): Promise<T> {
    const late = AbortSignal.timeout(patience)
    for (;;) {
      const found = await look().catch((error: unknown) => {
        if (isOutage(error)) return undefined
        throw error
      })
      if (found !== undefined && found !== false) return found
      if (late.aborted) throw new NotRecoveredError(`${what}: not within ${patience / seconds(1)} s`)
      await wait(lookEvery, this.signal)
    }
  }

  /** What a promise comes to, unless it takes too long. */
  async inTime<T>(what: string, promise: Promise<T>): Promise<T> {
    const over = new AbortController()
    const late = wait(patience, AbortSignal.any([over.signal, this.signal])).then(() => {
      throw new NotRecoveredError(`${what}: not within ${patience / seconds(1)} s`)
    })
    try {
      return await Promise.race([promise, late])
    } finally {
      over.abort()
      await Promise.allSettled([late])
    }
  }

  /** One of several, by chance. */
  pick<T>(from: readonly T[]): T | undefined {
    return from[Math.floor(this.random() * from.length)]
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned[Symbol.asyncDispose]()
  }
}

const isOutage = (error: unknown): boolean =>
  error instanceof StorageUnavailableError ||
  (error instanceof Error &&
    (isAway(error) || 'syscall' in error || /^(LOADING|READONLY)/.test(error.message)))
