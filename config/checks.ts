import { jobs } from '../jobs'
import { shortestInterval } from '../src/lib/cron-rule'
import { passwordProblem } from '../src/lib/password-rules'
import { parseRedisUrl } from '../src/lib/redis-url'
import { hasInstantOutside } from '../src/lib/week-windows'
import type { Environment } from './config'
import type { Mistake } from './config-error'
import { configFiles } from './files'
import type { GivenKey, GivenUser } from './list-formats'
import type { Schema } from './schema'
import type { Setting } from './setting'

/** The value of a setting, or undefined where it is missing or wrong and was complained about already. */
export type Read = <T>(setting: Setting<T>) => T | undefined

/** Mistakes that lie between settings, each of which is right by itself. */
export const crossChecks = (schema: Schema, read: Read): Mistake[] => [
  ...redisMistakes(schema, read),
  ...backoffMistakes(schema, read),
  ...spreadMistakes(schema, read),
  ...excludedMistakes(schema, read),
]

/** Settings that the form of REDIS_URL asks for, or has no use for: one that is ignored in silence would be believed in. */
function redisMistakes({ redis, queuePrefix }: Schema, read: Read): Mistake[] {
  const url = read(redis.url)
  if (url === undefined) return []
  const { topology, tls } = parseRedisUrl(url)
  const mistakes: Mistake[] = []
  const prefix = read(queuePrefix)
  if (topology === 'cluster' && prefix !== undefined && !prefix.startsWith('{')) {
    mistakes.push({
      setting: queuePrefix.env,
      given: JSON.stringify(prefix),
      problem: `expected it in braces on a cluster, so that all keys are on one node: {${prefix}}`,
    })
  }
  if (!tls && read(redis.ca) !== undefined)
    mistakes.push(unused(redis.ca, redis.url, 'speaks no TLS; rediss does'))
  if (topology !== 'sentinel') {
    for (const setting of [redis.sentinelUsername, redis.sentinelPassword])
      if (read(setting) !== undefined) mistakes.push(unused(setting, redis.url, 'names no Sentinels'))
  } else if (read(redis.sentinelUsername) !== undefined && read(redis.sentinelPassword) === undefined) {
    mistakes.push({
      setting: redis.sentinelPassword.env,
      problem: `not set: expected the password of the user in ${redis.sentinelUsername.env}`,
    })
  }
  return mistakes
}

const unused = (setting: Setting, url: Setting, because: string): Mistake => ({
  setting: setting.env,
  problem: `of no use, since ${url.env} ${because}`,
})

function backoffMistakes(schema: Schema, read: Read): Mistake[] {
  return jobs.flatMap((job) => {
    const settings = schema.jobs[job.id]
    if (!settings) return []
    const backoff = read(settings.backoffSeconds)
    const cap = read(settings.backoffCapSeconds)
    if (backoff === undefined || cap === undefined || backoff <= cap) return []
    return [
      {
        setting: settings.backoffSeconds.env,
        given: String(backoff / 1000),
        problem: `expected no more than ${settings.backoffCapSeconds.env}, which is ${cap / 1000}`,
      },
    ]
  })
}

/** Accounts whose place in the spread comes when their run is over already, or when the next slot is due, which they would miss. */
function spreadMistakes(schema: Schema, read: Read): Mistake[] {
  return jobs.flatMap((job) => {
    const settings = schema.jobs[job.id]
    if (!settings) return []
    const spread = read(settings.spreadSeconds)
    const deadline = read(settings.runDeadlineSeconds)
    const [cron, timezone] = [read(settings.cron), read(settings.timezone)]
    if (!spread || deadline === undefined || cron === undefined || timezone === undefined) return []
    const interval = shortestInterval({ cron, timezone }, new Date())
    const isOver = spread >= deadline
    if (!isOver && spread < interval) return []
    const limit = isOver
      ? `${settings.runDeadlineSeconds.env}, which is ${deadline / 1000}`
      : `the time from one slot of ${settings.cron.env}=${cron} to the next, which is ${interval / 1000}`
    return [
      {
        setting: settings.spreadSeconds.env,
        given: String(spread / 1000),
        problem: `expected less than ${limit}`,
      },
    ]
  })
}

/** Windows that leave a job nothing to run: meant otherwise, for what should not run at all is switched off. */
function excludedMistakes(schema: Schema, read: Read): Mistake[] {
  return jobs.flatMap((job) => {
    const settings = schema.jobs[job.id]
    if (!settings) return []
    const [excluded, cron, timezone] = [read(settings.excluded), read(settings.cron), read(settings.timezone)]
    if (!excluded?.length || cron === undefined || timezone === undefined) return []
    if (hasInstantOutside(excluded, { cron, timezone }, new Date())) return []
    return [
      {
        setting: settings.excluded.env,
        given: JSON.stringify(excluded.map(({ text }) => text).join(',')),
        problem: `expected some time in which ${settings.cron.env}=${cron} is due; ${settings.mode.env}=off stops a job`,
      },
    ]
  })
}

/** What staging and production refuse on top: secrets that anybody could know or guess. */
export function weakSecrets(schema: Schema, read: Read): Mistake[] {
  return [
    ...weakUsers(schema.dashboard.users, read(schema.dashboard.users) ?? []),
    ...weakKeys(schema.encryptionKeys, read(schema.encryptionKeys) ?? []),
  ]
}

function weakUsers({ env }: Setting, users: readonly GivenUser[]): Mistake[] {
  return users.flatMap(({ name, password }) => {
    const isOurs = throwaway.has(password)
    const problem =
      passwordProblem(name, password) ??
      (isOurs ? `expected a password for ${name} that is not widely known` : undefined)
    return problem === undefined ? [] : [{ setting: env, problem }]
  })
}

/** Random bytes practically never repeat like this: 32 of them hold about 30 different ones. */
const leastDifferentBytes = 16

function weakKeys({ env }: Setting, keys: readonly GivenKey[]): Mistake[] {
  return keys.flatMap(({ id, key }) =>
    new Set(key).size < leastDifferentBytes || throwaway.has(key.toString('base64'))
      ? [{ setting: env, problem: `expected random bytes as key ${id}` }]
      : [],
  )
}

/** True for a secret that stands in the files of development or test, where everybody can read it. */
export const isThrowaway = (value: unknown): boolean => typeof value === 'string' && throwaway.has(value)

/** Every text in those files, and the parts that lists are made of. */
const throwaway: ReadonlySet<string> = new Set(
  (['development', 'test'] satisfies Environment[]).flatMap((name) => textsIn(configFiles[name])),
)

function textsIn(node: unknown): string[] {
  if (typeof node === 'string') return [node, ...node.split(/[,:]/)]
  return typeof node === 'object' && node !== null ? Object.values(node).flatMap(textsIn) : []
}
