import type { Redis as Server, RedisOptions } from 'ioredis'
import { seconds } from '../lib/durations'
import { parseRedisUrl, type RedisAddress } from '../lib/redis-url'
import type { Logger } from '../telemetry/logger'
import { GuardedServer } from './guarded-server'
import { HomeCluster } from './home-cluster'
import { keys } from './keys'
import { logClusterOutages, logServerOutages } from './outages'
import { isAway } from './refusals'

export { isAway }

/** A connection to one server, to the master that Sentinels name, or to a cluster: used alike. */
export type Redis = Server | HomeCluster

export interface ConnectionOptions {
  /** As `parseRedisUrl` reads it. */
  readonly url: string
  /** In front of every key; on a cluster in braces, which put all keys on one node. */
  readonly prefix: string
  /** Certificates in PEM that TLS trusts in place of the system's. */
  readonly ca?: string | undefined
  /** For the Sentinels themselves; user and password in the URL are for the servers. */
  readonly sentinelUsername?: string | undefined
  readonly sentinelPassword?: string | undefined
  /**
   * `producer`: commands fail at once while Redis is away or takes no writes, and after five seconds without an answer.
   * `worker`: commands wait until Redis is back and takes writes, however long; BullMQ's blocking reads need that.
   */
  readonly role: 'producer' | 'worker'
  /** Shown by Redis' `CLIENT LIST`. */
  readonly name: string
}

/**
 * Opens a connection that reconnects by itself for as long as it lives, after a failover to the new master.
 * Its owner ends it with `disconnect()`. An outage is logged once, and once more when it is over; a server that takes no writes
 * (a replica, a full memory or disk) or does not answer in time is one.
 */
export function connect(options: ConnectionOptions, logger: Logger): Redis {
  const address = parseRedisUrl(options.url)
  const facts = { role: options.role }
  if (address.topology === 'cluster') {
    const cluster = openCluster(address, options)
    logClusterOutages(cluster, facts, logger)
    return cluster
  }
  const server = openServer(address, options)
  logServerOutages(server, facts, logger)
  return server
}

/** Replies keep the shape that BullMQ reads. */
type ServerOptions = Omit<RedisOptions, 'replyMapping'>

/** Uneven, so that a fleet does not come back all at once. */
const retryAfter = (attempt: number): number =>
  Math.round((0.5 + Math.random() / 2) * Math.min(seconds(2), 50 * 2 ** Math.min(attempt, 10)))

/** What holds for every connection to a server, be it a node of a cluster. */
const serverOptions = (
  { tls, username, password }: RedisAddress,
  { ca, role, name }: ConnectionOptions,
): ServerOptions => ({
  connectionName: name,
  connectTimeout: seconds(5),
  maxRetriesPerRequest: null,
  username,
  password,
  ...(tls ? { tls: tlsOptions(ca) } : {}),
  ...(role === 'producer' ? { commandTimeout: seconds(5) } : {}),
  // A machine that vanished closes no connection. BullMQ's blocking reads are answered within ten seconds.
  socketTimeout: role === 'producer' ? seconds(10) : seconds(15),
})

const tlsOptions = (ca: string | undefined) => (ca === undefined ? {} : { ca })

function openServer(address: RedisAddress, options: ConnectionOptions): GuardedServer {
  return new GuardedServer({
    ...serverOptions(address, options),
    ...(address.topology === 'sentinel' ? sentinelOptions(address, options) : address.hosts[0]),
    db: address.database,
    retryStrategy: retryAfter,
    // A command that waits in the offline queue would still take effect after its caller gave it up.
    enableOfflineQueue: options.role === 'worker',
    waits: options.role === 'worker',
    probeKey: keys(options.prefix).probe,
  })
}

const sentinelOptions = (
  { hosts, master, tls }: RedisAddress,
  { ca, sentinelUsername, sentinelPassword }: ConnectionOptions,
): ServerOptions => ({
  sentinels: [...hosts],
  name: master,
  sentinelUsername,
  sentinelPassword,
  sentinelCommandTimeout: seconds(2),
  sentinelRetryStrategy: retryAfter,
  // Only those named to us are asked: where the others say they are need not be where we can reach them.
  updateSentinels: false,
  ...(tls ? { enableTLSForSentinelMode: true, sentinelTLS: tlsOptions(ca) } : {}),
})

function openCluster(address: RedisAddress, options: ConnectionOptions): HomeCluster {
  const waits = options.role === 'worker'
  return new HomeCluster(
    [...address.hosts],
    {
      redisOptions: serverOptions(address, options),
      clusterRetryStrategy: retryAfter,
      enableOfflineQueue: waits,
      // While a node is away or being replaced, a worker's command tries again for ever, a producer's not at all.
      retryDelayOnFailover: waits ? 100 : 0,
      retryDelayOnClusterDown: waits ? 100 : 0,
      ...(waits ? { maxRedirections: Infinity } : {}),
      // The name stays a name: it is what the node's certificate is for.
      dnsLookup: (name, found) => found(null, name),
    },
    options.prefix,
  )
}

/**
 * Resolves when the connection is usable; rejects when the signal aborts or the connection was ended.
 * Await it before making queues from a producer's connection: BullMQ asks for the server's version at once, and never again.
 */
export async function ready(connection: Redis, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted()
  if (connection.status === 'end') throw endedError()
  if (isConnected(connection)) return
  const settled = new AbortController()
  try {
    // An error is no failure here: the connection keeps trying until it is ended.
    await new Promise<void>((resolve, reject) => {
      connection.once(connection instanceof HomeCluster ? 'home' : 'ready', resolve)
      connection.once('end', () => reject(endedError()))
      signal.addEventListener('abort', () => reject(signal.reason as Error), { signal: settled.signal })
    })
  } finally {
    settled.abort()
  }
}

const endedError = (): Error => new Error('the connection to Redis was closed')

/** True while the server that holds our keys is connected and, as far as is known, takes writes. */
export const isUsable = (connection: Redis): boolean =>
  isConnected(connection) && !(connection instanceof GuardedServer && connection.isRefusing)

const isConnected = (connection: Redis): boolean =>
  connection instanceof HomeCluster ? connection.isHomeReady : connection.status === 'ready'

/**
 * True for an error of BullMQ's that an outage explains. It opens more connections like ours, and passes on what each
 * of them says at each attempt to come back; errors of a socket name their system call.
 */
export const isOutage = (connection: Redis, error: Error): boolean =>
  !isUsable(connection) || 'syscall' in error || isAway(error)

/** Calls back with each error on the way to the server that holds our keys; an outage is many of them. */
export function onTrouble(connection: Redis, listener: (error: Error) => void): void {
  connection.on('error', (error: Error & { lastNodeError?: Error }) => listener(error.lastNodeError ?? error))
  if (connection instanceof HomeCluster) connection.on('home error', listener)
}

/** The servers behind a connection that may come to hold our keys: one, or all masters of a cluster. */
export const serversOf = (connection: Redis): readonly Server[] =>
  connection instanceof HomeCluster ? connection.nodes('master') : [connection]
