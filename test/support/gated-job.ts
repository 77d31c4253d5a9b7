import type { Job, JobSettings } from '../../src/job/define-job'
import type { Sync } from '../../src/job/sync'
import { type Incident, listIncidents } from '../../src/ledger/gates/incidents'
import { minutes } from '../../src/lib/durations'
import type { Verdict } from '../../src/queue/verdict'
import type { GateRules } from '../../src/runs/gates/gates'
import { watchFollowUps } from '../../src/runs/watchdog/watch-follow-ups'
import { WatchEvents } from '../../src/telemetry/events'
import { LogCollector } from './conformance/log-collector'
import { Engine, eventsOf } from './engine'
import { type madeUp, madeUpJob } from './made-up-job'

/** Tries come when a test says so, by `dueNow`, and not by themselves. */
const patient: GateRules = {
  breakers: {
    accountFailures: 3,
    credentialFailures: 4,
    credentialAccounts: 2,
    probes: { first: minutes(1), longest: minutes(30) },
  },
  parked: { first: minutes(15), longest: minutes(60) },
}

type MadeUpSync = Sync<typeof madeUp>

/** Accounts of one credential at a vendor that answers as it is told, with the leader's follow-ups and what everybody logs. */
export class GatedJob implements AsyncDisposable {
  readonly engine: Engine
  /** What the vendor answers a sync; undefined serves it. Asked at every attempt. */
  answer: (accountId: string) => Error | undefined = () => undefined
  readonly #log = new LogCollector()
  readonly #settings: Partial<JobSettings>

  private constructor(engine: Engine, settings: Partial<JobSettings>) {
    this.engine = engine
    this.#settings = settings
  }

  static async open(accounts: number, settings: Partial<JobSettings> = {}): Promise<GatedJob> {
    return new GatedJob(await Engine.open(accounts), settings)
  }

  /** One attempt, as a worker makes it. */
  async attempt(syncId: string): Promise<Verdict> {
    const settings = this.#settings
    return this.engine.attempt(syncId, this.#sync, { gates: patient, events: eventsOf(this.#log), settings })
  }

  /** Attempts at all of these syncs at the same time. */
  async attempts(syncIds: readonly string[]): Promise<Verdict[]> {
    return Promise.all(syncIds.map((id) => this.attempt(id)))
  }

  readonly #sync: MadeUpSync = (context) => this.#pages(context)

  async *#pages({ account, streams: { orders } }: Parameters<MadeUpSync>[0]): ReturnType<MadeUpSync> {
    const refusal = this.answer(account.id)
    if (refusal) throw refusal
    yield orders.page([{ order_id: Number(account.id), note: null }], { cursor: 1 })
  }

  /** One round of the leader's. */
  async watch(change: Partial<JobSettings> = {}): Promise<void> {
    const job: Job = madeUpJob({ ...this.#settings, ...change })
    const { database, queues } = this.engine
    await watchFollowUps({
      database,
      queues,
      jobs: [job],
      events: new WatchEvents(this.#log),
      gates: patient,
    })
  }

  /** As if the time had come to try everything that is shut, and the rests were over. */
  async dueNow(): Promise<void> {
    for (const table of ['credentials', 'accounts', 'breakers'])
      await this.engine.database.query(
        `update ${table} set probe_at = clock_timestamp() where probe_at is not null`,
      )
    await this.engine.database.query(
      'update accounts set not_before = clock_timestamp() where not_before is not null',
    )
  }

  /** Open syncs, oldest first. */
  async open(): Promise<string[]> {
    return this.#ids(`select id from syncs where state in ('waiting', 'running') order by id`)
  }

  /** Runs of the leader's follow-ups, oldest first. */
  async followUps(): Promise<string[]> {
    return this.#ids(`select id from runs where kind = 'follow-up' order by id`)
  }

  /** Accounts whose rows were written. */
  async read(): Promise<string[]> {
    return this.#ids('select order_id as id from dealertrend_orders order by order_id')
  }

  async #ids(query: string): Promise<string[]> {
    return (await this.engine.rows(query)).map(({ id }) => String(id))
  }

  async incidents(): Promise<Incident[]> {
    return listIncidents(this.engine.database, { all: true, limit: 100 })
  }

  /** How often an event was logged. */
  told(message: string): number {
    return this.#log.lines.filter((line) => (JSON.parse(line) as { message: string }).message === message)
      .length
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.engine[Symbol.asyncDispose]()
  }
}
