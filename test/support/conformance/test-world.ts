import { vendorSettings } from '../../../config/vendor-settings'
import { sandboxSettings } from '../../../sandbox'
import type { SimulatedVendor, VendorAnswer, VendorRequest } from '../../../sandbox/vendor'
import { vendorHosts, type VendorHost } from '../../../src/job/http'
import type { JobDefinition } from '../../../src/job/define-job'
import { Disposables } from '../../../src/lib/disposables'
import { RateBuckets } from '../../../src/queue/rate-buckets'
import type { ConformanceCase, ConformanceWorld, OpenOptions } from './case'
import { differences } from './compare-with-truth'
import type { Departures } from './departures'
import { syncFully, syncOnce } from './drive'
import { JobEngine, type HeldAccount, type SyncNow } from './job-engine'
import type { AttemptOptions, JobWorker } from './job-worker'

/** Whose engine a world stands on. */
export interface Engines {
  /** One with nothing in its stores, whose clock stands at `start`. */
  readonly take: (start: Date) => Promise<JobEngine>
  /** Its workers have ended. */
  readonly giveBack: (engine: JobEngine) => Promise<void>
}

export interface TestWorldOptions extends Partial<Pick<OpenOptions, 'accounts' | 'limits'>> {
  readonly start?: Date
}

/** Three days before a month ends and, a day later, clocks go back in most of North America. */
export const autumn = new Date('2026-10-30T15:20:00Z')
/** Clocks go forward in the night to 8 March. */
export const spring = new Date('2027-02-26T15:20:00Z')

/** Everything that one test of the suite stands in: the case's sandbox, the engine on real stores, and a worker. */
export class TestWorld implements AsyncDisposable {
  readonly engine: JobEngine
  readonly world: ConformanceWorld
  readonly worker: JobWorker
  /** What the vendors were asked. */
  readonly requests: readonly VendorRequest[]
  readonly #given: readonly VendorAnswer[]
  readonly #case: ConformanceCase
  readonly #owned: Disposables

  private constructor(
    parts: Pick<TestWorld, 'engine' | 'world'> & Heard,
    of: ConformanceCase,
    owned: Disposables,
  ) {
    this.engine = parts.engine
    this.world = parts.world
    this.requests = parts.requests
    this.#given = parts.given
    this.#case = of
    this.#owned = owned
    this.worker = this.newWorker()
  }

  static async open<J extends JobDefinition>(
    given: ConformanceCase<J>,
    { start = autumn, accounts = 2, limits = 'none' }: TestWorldOptions = {},
    engines?: Engines,
  ): Promise<TestWorld> {
    // The sync is only ever handed the context of its own definition.
    const of = given as unknown as ConformanceCase
    const { take, giveBack } = engines ?? ownEngine(of)
    const owned = new Disposables()
    try {
      const engine = await take(start)
      owned.defer(async () => giveBack(engine))
      owned.defer(async () => engine.endWorkers())
      const world = await of.open({ now: engine.clock.now, epoch: start, accounts, limits })
      owned.use(world.sandbox)
      await engine.admit(world)
      const heard = listenTo(Object.values(world.sandbox.vendors))
      return new TestWorld({ engine, world, ...heard }, of, owned)
    } catch (error) {
      await owned[Symbol.asyncDispose]()
      throw error
    }
  }

  get accounts(): readonly HeldAccount[] {
    return this.engine.accounts
  }

  /** What the vendors answered, as text. */
  get answers(): string[] {
    return this.#given.map(({ body }) => (typeof body === 'string' ? body : JSON.stringify(body)))
  }

  /** The first account: the one that a test does something to. */
  get account(): HeldAccount {
    const [first] = this.engine.accounts
    if (!first) throw new Error('the case opened a world without accounts')
    return first
  }

  /** One more worker of the fleet; where its departures are heard, it is limited by the rate buckets that all of them share. */
  newWorker({ departures }: { departures?: Departures } = {}): JobWorker {
    const { redis, prefix } = this.engine.queues
    return this.engine.worker({
      baseUrls: baseUrlsOf(this.world.sandbox.url),
      ...(departures ? { limiter: departures.under(new RateBuckets(redis, prefix)) } : {}),
    })
  }

  /** One sync, to whatever it comes to. */
  async once(options?: (attempt: number) => AttemptOptions, worker = this.worker): Promise<SyncNow> {
    return syncOnce(this.engine, worker, this.account, options)
  }

  /** Brings an account up to date, in as many syncs as the case says that takes. */
  async catchUp(account: HeldAccount = this.account): Promise<SyncNow> {
    let settled = await syncFully(this.engine, this.worker, account)
    for (let pass = 1; pass < (this.#case.passes ?? 1); pass += 1) {
      settled = await syncFully(this.engine, this.worker, account)
    }
    return settled
  }

  async catchUpAll(): Promise<void> {
    for (const account of this.accounts) await this.catchUp(account)
  }

  /** How an account's tables differ from the truth, a line each. */
  async differences(account: HeldAccount = this.account, most?: number): Promise<string[]> {
    return differences(this.engine, account, this.world.truth(account.externalId), most)
  }

  async allDifferences(): Promise<string[]> {
    const all: string[] = []
    for (const account of this.accounts) all.push(...(await this.differences(account)))
    return all
  }

  async rejectedRecords(): Promise<number> {
    const { rows } = await this.engine.database.query<{ count: string }>(
      'select count(*) from rejected_records where account_id = $1',
      [this.account.id],
    )
    return Number(rows[0]?.count)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#owned[Symbol.asyncDispose]()
  }
}

/** One that is made for the world, and goes with it. */
const ownEngine = ({ job, sync }: ConformanceCase): Engines => ({
  take: async (start) => JobEngine.open(job, sync, start),
  giveBack: async (engine) => engine[Symbol.asyncDispose](),
})

/** What points each host at the sandbox, by way of the settings that do so for `npm start`. */
export function baseUrlsOf(sandboxUrl: string): Record<VendorHost, string> {
  const environment = sandboxSettings(sandboxUrl)
  const settings = vendorSettings('test').baseUrls
  return Object.fromEntries(
    // A vendor that is not simulated yet is nowhere: no test may reach the real one.
    vendorHosts.map((host) => [host, environment[settings[host].env ?? ''] ?? 'http://127.0.0.1:1']),
  ) as Record<VendorHost, string>
}

interface Heard {
  readonly requests: readonly VendorRequest[]
  readonly given: readonly VendorAnswer[]
}

/** Keeps what the vendors are asked and what they answer. */
function listenTo(vendors: readonly SimulatedVendor[]): Heard {
  const requests: VendorRequest[] = []
  const given: VendorAnswer[] = []
  for (const vendor of vendors) {
    const answer = vendor.answer.bind(vendor)
    vendor.answer = (request) => {
      const answered = answer(request)
      requests.push(request)
      given.push(answered)
      return answered
    }
  }
  return { requests, given }
}
