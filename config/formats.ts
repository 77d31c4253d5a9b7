import { X509Certificate } from 'node:crypto'
import { missedPolicies, modes } from '../src/job/define-job'
import { baseUrlOf, isPrivateEnough } from '../src/lib/base-url'
import { cronExpected, cronFault, type CronFields } from '../src/lib/cron-rule'
import { seconds } from '../src/lib/durations'
import { isTimezone } from '../src/lib/local-days'
import { nearest } from '../src/lib/nearest'
import { parseRedisUrl, RedisUrlError } from '../src/lib/redis-url'

/** What a setting may be. Strict: what is not exactly right is refused, never rounded, trimmed or cut. */
export interface Format<T> {
  /** Its name in the settings reference. */
  readonly name: string
  /** Completes "expected …". */
  readonly expected: string
  /** The value meant by what was given, as text or as JSON. Throws a `Refusal`. */
  readonly parse: (given: unknown) => T
}

/** What is wrong with a value. Never quotes the value: it may be a secret. */
export class Refusal extends Error {
  override name = 'Refusal'
}

const refuse = (expected: string): never => {
  throw new Refusal(`expected ${expected}`)
}

const format = <T>(
  name: string,
  expected: string,
  read: (text: string, refuse: (reason: string) => never) => T | undefined,
): Format<T> => ({
  name,
  expected,
  parse(given) {
    const text = typeof given === 'number' || typeof given === 'boolean' ? String(given) : given
    const value =
      typeof text === 'string' ? read(text, (reason) => refuse(`${expected}: ${reason}`)) : undefined
    return value ?? refuse(expected)
  },
})

const matching = (name: string, expected: string, pattern: RegExp): Format<string> =>
  format(name, expected, (text) => (pattern.test(text) ? text : undefined))

/** One word of a closed list. */
export const oneOf = <const T extends string>(name: string, words: readonly T[]): Format<T> =>
  format(name, `one of ${words.join(', ')}`, (text, because) => {
    const known = words.find((word) => word === text)
    const near = nearest(text, words)
    return known ?? (near ? because(`did you mean ${near}?`) : undefined)
  })

const digits = (text: string, least: number, most: number): number | undefined => {
  const number = /^\d{1,15}$/.test(text) ? Number(text) : NaN
  return number >= least && number <= most ? number : undefined
}

/** A whole number in digits only: `12abc`, `1e3`, `4.5` and the empty text are none. */
export const wholeNumber = (least: number, most: number): Format<number> =>
  format('whole number', `a whole number from ${least} to ${most}`, (text) => digits(text, least, most))

/** A duration in whole seconds; the value is in milliseconds. */
export const durationInSeconds = (least: number, most: number): Format<number> =>
  format('duration', `whole seconds from ${least} to ${most}`, (text) => {
    const count = digits(text, least, most)
    return count === undefined ? undefined : seconds(count)
  })

export const port = format('port', 'a port from 1 to 65535, or 0 for any free one', (text) =>
  digits(text, 0, 65_535),
)

export const mode = oneOf('mode', modes)
export const missedPolicy = oneOf('policy', missedPolicies)
export const logLevel = oneOf('level', ['error', 'warn', 'info', 'debug'])

export const timezone: Format<string> = format(
  'time zone',
  'an IANA time zone, e.g. America/Chicago',
  (text) => (isTimezone(text) ? text : undefined),
)

/** A cron pattern that falls due sometimes. */
export const cron = (fields: CronFields): Format<string> =>
  format('cron pattern', cronExpected[fields], (text, because) => {
    const fault = cronFault(text, fields)
    return fault === undefined ? text : because(fault)
  })

export const redisUrl: Format<string> = format(
  'URL',
  'a redis:// or rediss:// URL, e.g. redis://127.0.0.1:6379, or one with +sentinel or +cluster as in docs/redis.md',
  (text, because) => {
    try {
      parseRedisUrl(text)
      return text
    } catch (error) {
      return error instanceof RedisUrlError ? because(error.message) : undefined
    }
  },
)

function isCertificate(block: string): boolean {
  try {
    return new X509Certificate(block).raw.length > 0
  } catch {
    return false
  }
}

/** Certificates as text, of those who sign what a server shows. */
export const certificates: Format<string> = format(
  'certificates',
  'certificates in PEM, from -----BEGIN CERTIFICATE----- to -----END CERTIFICATE-----',
  (text, because) => {
    const blocks = text.match(/-----BEGIN [^-]+-----[\s\S]*?-----END [^-]+-----/g) ?? []
    const wrong = blocks.findIndex((block) => !isCertificate(block))
    if (wrong >= 0) return because(`block ${wrong + 1} is none`)
    return blocks.length > 0 ? text : undefined
  },
)

export const postgresUrl: Format<string> = format(
  'URL',
  'a postgres:// or postgresql:// URL, e.g. postgres://user:password@127.0.0.1:5432/syncfleet',
  (text, because) => {
    const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(text)?.[1]?.toLowerCase()
    if (scheme && !['postgres', 'postgresql'].includes(scheme)) return because(`its scheme is ${scheme}`)
    if (!URL.canParse(text)) return undefined
    const url = new URL(text)
    if (!url.hostname && !url.searchParams.has('host')) return because('it names no host')
    return /^\/[^/]+$/.test(url.pathname) ? text : because('what follows the host is not right')
  },
)

/** A vendor's address, without a trailing slash. Plain http only where it does not leave our own network. */
export const baseUrl: Format<string> = format(
  'URL',
  'an https:// URL without query and sign-in, or http:// to a host of our own network',
  (text) => {
    const url = baseUrlOf(text)
    return url && isPrivateEnough(url) ? url.href.replace(/\/+$/, '') : undefined
  },
)

/** Room is left for `_shadow` within Postgres' 63 characters. */
export const schemaName = matching(
  'schema name',
  'lower-case letters, digits and _, 56 at most, not starting with a digit or pg_',
  /^(?!pg_)[a-z_][a-z0-9_]{0,55}$/,
)
export const keyPrefix = matching(
  'key prefix',
  'letters, digits, - _ and ., 60 at most, in {} or not',
  /^(\{[A-Za-z0-9][A-Za-z0-9._-]{0,59}\}|[A-Za-z0-9][A-Za-z0-9._-]{0,59})$/,
)
export const version = (example: string): Format<string> =>
  matching(
    'version',
    `a version such as ${example}`,
    new RegExp(`^v\\d{1,3}${example.includes('.') ? '\\.\\d' : ''}$`),
  )
/** Free text on one line. */
export const line = matching('text', 'some text on one line', /^\S([^\r\n]{0,198}\S)?$/)
/** Any secret, on one line: others have set it. */
export const givenSecret = matching('secret', 'a secret on one line', /^[^\r\n]+$/)
/** A secret of at least so many characters. */
export const secret = (least: number): Format<string> =>
  matching('secret', `a secret of at least ${least} characters`, new RegExp(`^[^\\r\\n]{${least},}$`))
