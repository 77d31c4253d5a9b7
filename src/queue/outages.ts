import { errorFacts, type Logger, withoutFacts } from '../telemetry/logger'
import type { GuardedServer } from './guarded-server'
import type { HomeCluster } from './home-cluster'

/** Logs an outage once, and once more when it is over. */
class Outage {
  readonly #facts: { role: string }
  readonly #logger: Logger
  #lostAt: number | undefined
  /** What was heard last before the outage began. */
  cause: Error | undefined

  constructor(facts: { role: string }, logger: Logger) {
    this.#facts = facts
    this.#logger = logger
  }

  begin(): void {
    if (this.#lostAt !== undefined) return
    this.#lostAt = performance.now()
    const cause = this.cause ? errorFacts(this.cause) : {}
    withoutFacts(() => this.#logger.error('redis lost', { ...this.#facts, ...cause }))
  }

  end(): void {
    if (this.#lostAt !== undefined) {
      const outageMs = Math.round(performance.now() - this.#lostAt)
      withoutFacts(() => this.#logger.info('redis back', { ...this.#facts, outageMs }))
    }
    this.#lostAt = undefined
    this.cause = undefined
  }
}

/** Logs the outages of one server, or of the master that Sentinels name. */
export function logServerOutages(server: GuardedServer, facts: { role: string }, logger: Logger): void {
  const outage = new Outage(facts, logger)
  server.on('error', (error: Error) => {
    outage.cause = error
    // Where no Sentinel answers, there is nothing yet to reconnect to.
    if (server.options.sentinels && server.status === 'connecting') outage.begin()
  })
  // Only an outage leads to a reconnection: a connection that its owner ends may err on the way, too.
  server.on('reconnecting', () => outage.begin())
  server.on('refused', (error: Error) => {
    outage.cause = error
    outage.begin()
  })
  // Not with `ready`: a server may be found again that takes no writes.
  server.on('taken', () => outage.end())
}

/** Logs when the node that holds our keys cannot be reached, whatever becomes of the others. */
export function logClusterOutages(cluster: HomeCluster, facts: { role: string }, logger: Logger): void {
  const outage = new Outage(facts, logger)
  cluster.on('error', (error: Error & { lastNodeError?: Error }) => {
    outage.cause = error.lastNodeError ?? error
  })
  cluster.on('home error', (error: Error) => {
    outage.cause = error
    outage.begin()
  })
  cluster.on('home lost', () => outage.begin())
  cluster.on('reconnecting', () => outage.begin())
  cluster.on('home', () => outage.end())
}
