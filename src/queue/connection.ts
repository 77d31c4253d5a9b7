import { Redis } from 'ioredis'
import { seconds } from '../lib/durations'
import { errorFacts, type Logger } from '../telemetry/logger'

export type { Redis } from 'ioredis'

export interface ConnectionOptions {
  /** `redis://` or `rediss://`. */
  readonly url: string
  /**
   * `producer`: commands fail at once while Redis is away, and after five seconds without an answer.
   * `worker`: commands wait for Redis to come back, however long; BullMQ's blocking reads need that.
   */
  readonly role: 'producer' | 'worker'
  /** Shown by Redis' `CLIENT LIST`. */
  readonly name: string
}

/**
 * Opens a connection that reconnects by itself for as long as it lives. Its owner ends it with `disconnect()`.
 * An outage is logged once, and once more when it is over.
 */
export function connect({ url, role, name }: ConnectionOptions, logger: Logger): Redis {
  const connection = new Redis(url, {
    connectionName: name,
    connectTimeout: seconds(5),
    maxRetriesPerRequest: null,
    retryStrategy: (attempt) =>
      (0.5 + Math.random() / 2) * Math.min(seconds(2), 50 * 2 ** Math.min(attempt, 10)),
    // A command that waits in the offline queue would still take effect after its caller gave it up.
    ...(role === 'producer' ? { enableOfflineQueue: false, commandTimeout: seconds(5) } : {}),
  })
  logOutages(connection, { role }, logger)
  return connection
}

/**
 * Resolves when the connection is usable; rejects when the signal aborts or the connection was ended.
 * Await it before making queues from a producer's connection: BullMQ asks for the server's version at once, and never again.
 */
export async function ready(connection: Redis, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  if (connection.status === 'ready') return
  if (connection.status === 'end') throw endedError()
  const settled = new AbortController()
  try {
    // An error is no failure here: the connection keeps trying until it is ended.
    await new Promise<void>((resolve, reject) => {
      connection.once('ready', resolve)
      connection.once('end', () => reject(endedError()))
      signal.addEventListener('abort', () => reject(signal.reason as Error), { signal: settled.signal })
    })
  } finally {
    settled.abort()
  }
}

const endedError = (): Error => new Error('the connection to Redis was closed')

function logOutages(connection: Redis, facts: { role: string }, logger: Logger): void {
  let lostAt: number | undefined
  let lastError: Error | undefined
  connection.on('error', (error: Error) => (lastError = error))
  // Only an outage leads to a reconnection: a connection that its owner ends may err on the way, too.
  connection.on('reconnecting', () => {
    if (lostAt !== undefined) return
    lostAt = performance.now()
    logger.error('redis lost', { ...facts, ...(lastError ? errorFacts(lastError) : {}) })
  })
  connection.on('ready', () => {
    if (lostAt !== undefined) {
      logger.info('redis back', { ...facts, outageMs: Math.round(performance.now() - lostAt) })
    }
    lostAt = undefined
    lastError = undefined
  })
}
