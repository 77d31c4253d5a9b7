import { jobs } from '../jobs'
import { syncs } from '../jobs/syncs'
import type { JobDefinition } from '../src/job/define-job'
import type { Page } from '../src/job/streams'
import type { AnySync } from '../src/job/sync'
import { lockAccount, raiseFence } from '../src/ledger/work/fences'
import { findSync } from '../src/ledger/work/syncs'
import { only } from '../src/lib/sql'
import { PageWriter } from '../src/runs/attempt/page-writer'
import { differences } from '../test/support/conformance/compare-with-truth'
import { type HeldAccount, JobEngine } from '../test/support/conformance/job-engine'
import type { JobWorker } from '../test/support/conformance/job-worker'
import { baseUrlsOf } from '../test/support/conformance/test-world'
import { type FullSyncWorld, timezone } from './full-sync-worlds'
import type { SandboxApart } from './sandbox-apart'
import { TimeSpent } from './time-spent'

/** More than any of the worlds needs. */
const attemptsAtMost = 300

/** What a full load came to; times in milliseconds. */
export interface Loaded {
  readonly rows: number
  /** Of its attempts, without what lies between them. */
  readonly took: number
  readonly vendor: number
  readonly sink: number
  /** CPU time of this process, and of the sandbox. */
  readonly cpu: number
  readonly sandboxCpu: number
}

/** One account and a worker that loads it, again and again. */
export class FullLoad implements AsyncDisposable {
  readonly #world: FullSyncWorld
  readonly #sandbox: SandboxApart
  readonly #engine: JobEngine
  readonly #worker: JobWorker
  readonly #account: HeldAccount
  #spent = new TimeSpent()
  /** Of the last full load. */
  #pages: Page[] = []
  #rows = 0

  private constructor(world: FullSyncWorld, sandbox: SandboxApart, engine: JobEngine) {
    this.#world = world
    this.#sandbox = sandbox
    this.#engine = engine
    this.#account = only({ rows: [...engine.accounts] })
    this.#worker = engine.worker({
      baseUrls: baseUrlsOf(sandbox.url),
      onCall: ({ durationMs }) => this.#spent.called(durationMs),
    })
  }

  static async open(world: FullSyncWorld, sandbox: SandboxApart): Promise<FullLoad> {
    const definition: JobDefinition | undefined = jobs.find(({ id }) => id === world.job)
    const sync = Object.entries<AnySync>(syncs).find(([id]) => id === world.job)?.[1]
    if (!definition || !sync) throw new Error(`there is no sync of ${world.job}`)
    const engine = await JobEngine.open(definition, sync, sandbox.now)
    try {
      await engine.admit({
        credentials: [{ id: 'key', secrets: world.secrets(baseUrlsOf(sandbox.url)) }],
        accounts: [{ ...world.account, credential: 'key', timezone }],
      })
      return new FullLoad(world, sandbox, engine)
    } catch (error) {
      await engine[Symbol.asyncDispose]()
      throw error
    }
  }

  /** A first load from nothing to the truth. Throws where it does not come to that. */
  async full(signal: AbortSignal): Promise<Loaded> {
    const syncId = await this.#planned()
    this.#spent = new TimeSpent()
    this.#pages = []
    let [took, cpu] = [0, 0]
    const sandboxBefore = await this.#sandbox.cpu()
    for (let attempt = 1; ; attempt += 1) {
      const [startedAt, cpuBefore] = [performance.now(), process.cpuUsage()]
      await this.#worker.attempt(syncId, { signal, through: (sync) => this.#watched(sync) })
      took += performance.now() - startedAt
      const { user, system } = process.cpuUsage(cpuBefore)
      cpu += (user + system) / 1000
      const { state, wait_until: until, error_message: why } = await this.#engine.syncNow(syncId)
      if (state === 'ok') break
      if (state !== 'waiting' || attempt === attemptsAtMost)
        throw new Error(`${this.#world.name} ended ${state}: ${why ?? ''}`)
      if (until) await this.#moveTo(until)
    }
    const sandboxCpu = (await this.#sandbox.cpu()) - sandboxBefore
    this.#rows = await this.#verified()
    return { rows: this.#rows, took, cpu, sandboxCpu, ...this.#spent.parts() }
  }

  /** The same pages by the sink, without anything around it; returns milliseconds. Throws where other rows come of it. */
  async alone(): Promise<number> {
    const { database, job } = this.#engine
    const syncId = await this.#planned()
    const sync = await findSync(database, syncId)
    if (!sync) throw new Error(`no sync ${syncId}`)
    const account = await lockAccount(database, sync.accountId)
    const fence = await raiseFence(database, account.id)
    const writer = new PageWriter(database, job, { sync, account, fence, number: 1, states: [] })
    const startedAt = performance.now()
    for (const page of this.#pages) await writer.write(page)
    const took = performance.now() - startedAt
    const rows = await this.#held()
    if (rows !== this.#rows) throw new Error(`the sink alone wrote ${rows} rows of ${this.#rows}`)
    return took
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#engine[Symbol.asyncDispose]()
  }

  /** A sync of an account that was never read, on tables that are new. */
  async #planned(): Promise<string> {
    const { database, job } = this.#engine
    const tables = Object.values(job.streams).map(({ table }) => table)
    await database.query(`truncate ${[...tables, 'seen_records'].join(', ')}`)
    await this.#engine.startOver(this.#account)
    await database.query('checkpoint')
    const syncId = await this.#engine.plan(this.#account)
    if (syncId === undefined) throw new Error(`the account of ${this.#world.name} was skipped`)
    return syncId
  }

  /** The engine asks for the next page as soon as it has written one, so what lies between is the sink's. */
  #watched(sync: AnySync): AnySync {
    const [pages, spent] = [this.#pages, this.#spent]
    return async function* (context) {
      for await (const page of sync(context)) {
        pages.push(page)
        const from = performance.now()
        yield page
        spent.wrote({ from, to: performance.now() })
      }
    }
  }

  async #moveTo(instant: Date): Promise<void> {
    await this.#engine.clock.moveTo(instant)
    await this.#sandbox.moveTo(this.#engine.clock.now())
  }

  /** How many rows are held, every one of them as the sandbox has it. Throws where they differ. */
  async #verified(): Promise<number> {
    const { streams } = this.#engine.job
    const tables = Object.values(streams).map(({ table }) => table)
    const all = Object.entries(await this.#sandbox.truth(this.#world.vendor, this.#account.externalId))
    const truth = Object.fromEntries(all.filter(([table]) => tables.includes(table)))
    const found = await differences(this.#engine, this.#account, truth)
    if (found.length > 0) throw new Error(`${this.#world.name} is not the truth:\n${found.join('\n')}`)
    return this.#held()
  }

  async #held(): Promise<number> {
    const tables = Object.values(this.#engine.job.streams).map(({ table }) => table)
    const counts = tables.map((table) => `(select count(*) from ${table})`)
    const { rows } = only(
      await this.#engine.database.query<{ rows: number }>(`select (${counts.join(' + ')})::int as rows`),
    )
    if (rows === 0) throw new Error(`${this.#world.name} has no rows`)
    return rows
  }
}
