import { nearest } from './nearest'

/** Where a Redis is, and by which topology it is reached; what a `REDIS_URL` says. Holds a password: never log it. */
export interface RedisAddress {
  /** `sentinel`: the hosts are Sentinels, which say where the master is. `cluster`: any nodes of the cluster. */
  readonly topology: 'single' | 'sentinel' | 'cluster'
  readonly tls: boolean
  readonly hosts: readonly [RedisHost, ...RedisHost[]]
  readonly username: string | undefined
  readonly password: string | undefined
  /** The name under which the Sentinels watch the master; undefined without Sentinel. */
  readonly master: string | undefined
  /** The database's number; always 0 in a cluster. */
  readonly database: number
}

export interface RedisHost {
  readonly host: string
  readonly port: number
}

/** What is wrong with a Redis URL, to stand behind "expected …:". Never quotes what was given but its scheme. */
export class RedisUrlError extends Error {
  override name = 'RedisUrlError'
}

const schemes = {
  redis: { topology: 'single', tls: false, port: 6379 },
  rediss: { topology: 'single', tls: true, port: 6379 },
  'redis+sentinel': { topology: 'sentinel', tls: false, port: 26379 },
  'rediss+sentinel': { topology: 'sentinel', tls: true, port: 26379 },
  'redis+cluster': { topology: 'cluster', tls: false, port: 6379 },
  'rediss+cluster': { topology: 'cluster', tls: true, port: 6379 },
} as const

type Scheme = keyof typeof schemes

/**
 * Reads `scheme://[[user]:password@]host[:port][,host[:port]…][/path]`. The path is a database's number (`redis`), a
 * master's name and a database's number (`redis+sentinel`), or nothing (`redis+cluster`). Two s in `rediss` mean TLS.
 * Throws a `RedisUrlError`.
 */
export function parseRedisUrl(text: string): RedisAddress {
  const [, given = '', authority = '', path = '', rest = ''] =
    /^([a-z][a-z0-9+.-]*):\/\/([^/?#]*)(\/[^?#]*)?(.*)$/is.exec(text) ?? fail('it is no URL')
  const { topology, tls, port } = schemes[schemeOf(given)]
  if (rest !== '') fail('nothing may follow the path: no ? and no #')
  const end = authority.lastIndexOf('@')
  const hosts = hostsOf(authority.slice(end + 1), port)
  if (topology === 'single' && hosts.length > 1)
    fail('it names several hosts, which only +sentinel and +cluster may')
  return {
    topology,
    tls,
    hosts,
    ...userOf(end < 0 ? undefined : authority.slice(0, end)),
    ...pathOf(topology, path),
  }
}

function schemeOf(given: string): Scheme {
  const known = Object.keys(schemes) as Scheme[]
  const scheme = known.find((name) => name === given.toLowerCase())
  if (scheme) return scheme
  const near = nearest(given, known)
  return fail(`its scheme is ${given.toLowerCase()}${near ? `; did you mean ${near}?` : ''}`)
}

function userOf(text: string | undefined): Pick<RedisAddress, 'username' | 'password'> {
  if (text === undefined) return { username: undefined, password: undefined }
  const colon = text.indexOf(':')
  const [username, password] = colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 1)]
  if (password === '') fail('there is no password in front of the @')
  return { username: username === '' ? undefined : decoded(username), password: decoded(password) }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return fail('a % in the user or password is written as %25')
  }
}

/** Names, IPv4 addresses, and IPv6 addresses in brackets. */
const hostPattern = /^(?:\[([0-9a-f:.]+)\]|([a-z0-9](?:[a-z0-9._-]*[a-z0-9])?))(?::(\d{1,5}))?$/i

function hostsOf(text: string, defaultPort: number): RedisAddress['hosts'] {
  const [first, ...others] = text.split(',').map((entry, index): RedisHost => {
    const [, address, name, digits] =
      hostPattern.exec(entry) ??
      fail(
        entry === ''
          ? 'it names no host, or lacks one between commas'
          : `host ${index + 1} is no name or address, with or without a port`,
      )
    const port = digits === undefined ? defaultPort : Number(digits)
    if (port < 1 || port > 65_535) fail(`host ${index + 1} has a port that is not from 1 to 65535`)
    return { host: address ?? name ?? '', port }
  })
  if (!first) return fail('it names no host')
  const names = [first, ...others].map(({ host, port }) => `${host.toLowerCase()} ${port}`)
  if (new Set(names).size < names.length) fail('it names a host twice')
  return [first, ...others]
}

function pathOf(topology: RedisAddress['topology'], path: string): Pick<RedisAddress, 'master' | 'database'> {
  switch (topology) {
    case 'single':
      return { master: undefined, database: databaseOf(path.slice(1)) }
    case 'cluster':
      if (!['', '/', '/0'].includes(path)) fail('a cluster has no other database than 0')
      return { master: undefined, database: 0 }
    case 'sentinel': {
      const [, master, , database] = /^\/([A-Za-z0-9._-]+)(\/(.*))?$/.exec(path) ?? []
      if (!master)
        return fail('the name of the master that the Sentinels watch must follow the hosts: /mymaster')
      return { master, database: databaseOf(database ?? '') }
    }
  }
}

function databaseOf(digits: string): number {
  if (!/^\d{0,5}$/.test(digits)) fail('the number of the database is no number')
  return Number(digits)
}

function fail(reason: string): never {
  throw new RedisUrlError(reason)
}
