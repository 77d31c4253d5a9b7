import { Fleet } from './fleet'
import { accounts, goThrough, linesOfAnOutage, type Outage, startWatched, type Watched } from './outages'
import { OwnPostgres } from './own-postgres'
import { Relay } from './relay'
import { watchPages } from './watch-pages'

/** A fleet whose Postgres a test may take away: the processes reach it through a relay, the test itself directly. */
export class PostgresOutages implements AsyncDisposable {
  readonly postgres: OwnPostgres
  readonly relay: Relay
  readonly fleet: Fleet
  readonly processes: readonly Watched[]

  private constructor(postgres: OwnPostgres, relay: Relay, fleet: Fleet, processes: readonly Watched[]) {
    this.postgres = postgres
    this.relay = relay
    this.fleet = fleet
    this.processes = processes
  }

  /** Its processes have started. */
  static async open(): Promise<PostgresOutages> {
    const postgres = await OwnPostgres.start()
    const direct = await postgres.urlOfFleet()
    const relay = new Relay(direct)
    const relayed = new URL(direct)
    relayed.port = String(await relay.start())
    const fleet = await Fleet.open(accounts, { DATABASE_URL: direct, VENDOR_BUCKET_SCALE: '3' })
    await watchPages(fleet.database)
    return new PostgresOutages(
      postgres,
      relay,
      fleet,
      await startWatched(fleet, { DATABASE_URL: relayed.href }),
    )
  }

  /** Puts the fleet through an outage. Whoever notices it must say so, once, and nobody anything else: returns what is wrong. */
  async toldWrongly(outage: Outage): Promise<string[]> {
    const { noticed = () => true } = outage
    const told = await goThrough(this.fleet, this.processes, outage)
    const expected = linesOfAnOutage('postgres')
    return this.processes.flatMap((watched) => {
      const { command } = watched.spawned
      // What a scheduler may say besides, once, is that it leads no more.
      const { 'lead lost': _lead, ...heard } = told[command] ?? {}
      const messages = new Set(Object.keys({ ...heard, ...(noticed(watched) ? expected : {}) }))
      const wrong = [...messages].filter((message) => heard[message] !== expected[message])
      return wrong.map((message) => `${command} said "${message}" ${heard[message] ?? 0} times`)
    })
  }

  /** Processes that have not lived through everything. */
  get dead(): string[] {
    return this.processes
      .map(({ spawned }) => spawned)
      .flatMap((one) => (one.exitCode === null ? [] : [one.command]))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fleet[Symbol.asyncDispose]()
    await this.relay[Symbol.asyncDispose]()
    await this.postgres[Symbol.asyncDispose]()
  }
}
