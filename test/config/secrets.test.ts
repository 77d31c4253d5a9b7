import { randomBytes } from 'node:crypto'
import { ConfigError } from '../../config/config-error'
import { configFiles } from '../../config/files'
import { loadConfig } from '../../config/load'
import development from '../../config/development.json'
import { production } from './production'

const messageOf = (env: NodeJS.ProcessEnv, files = configFiles): string => {
  try {
    loadConfig(env, files)
    return ''
  } catch (error) {
    if (error instanceof ConfigError) return error.message
    throw error
  }
}
const settingsIn = (message: string): string[] =>
  [...message.matchAll(/^ {2}([A-Z_]+):/gm)].map(([, name]) => name ?? '')
const key = (): string => randomBytes(32).toString('base64')

describe.each(['staging', 'production'])('secrets in %s', (environment) => {
  const strict = (over: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv => ({
    ...production(),
    NODE_ENV: environment,
    ...over,
  })

  test('must be given', () => {
    expect(settingsIn(messageOf({ NODE_ENV: environment }))).toEqual([
      'REDIS_URL',
      'DATABASE_URL',
      'SESSION_SECRET',
      'METRICS_TOKEN',
      'ENCRYPTION_KEYS',
      'PII_PEPPER',
    ])
  })

  test('may leave out the users, whom the ledger keeps after the first start', () => {
    const { DASHBOARD_USERS: _, ...env } = strict()

    expect(loadConfig(env).dashboard.users).toEqual([])
  })

  test('may not be those of development and test', () => {
    const message = messageOf(
      strict({
        SESSION_SECRET: development.dashboard.sessionSecret,
        METRICS_TOKEN: development.metricsToken,
        PII_PEPPER: development.piiPepper,
        ENCRYPTION_KEYS: `new:${key()},old:${development.encryptionKeys.split(':')[1]}`,
        DASHBOARD_USERS: 'ada:admin:development-admin',
      }),
    )

    expect(settingsIn(message)).toEqual([
      'SESSION_SECRET',
      'METRICS_TOKEN',
      'PII_PEPPER',
      'DASHBOARD_USERS',
      'ENCRYPTION_KEYS',
    ])
    expect(message).not.toContain('development-')
  })

  test.each(['short-one', 'password1234', 'Welcome-2026!'])(
    'may not be easy to guess, as %j is',
    (password) => {
      const message = messageOf(strict({ DASHBOARD_USERS: `ada:admin:${password}` }))

      expect(settingsIn(message)).toEqual(['DASHBOARD_USERS'])
      expect(message).not.toContain(password)
    },
  )

  test('may not be keys without randomness', () => {
    expect(
      settingsIn(messageOf(strict({ ENCRYPTION_KEYS: `k1:${Buffer.alloc(32).toString('base64')}` }))),
    ).toEqual(['ENCRYPTION_KEYS'])
  })

  test('may not stand in a file of the repository', () => {
    const { PII_PEPPER, ...env } = strict()
    const message = messageOf(env, { ...configFiles, [environment]: { piiPepper: PII_PEPPER } })

    expect(message).toContain(`config/${environment}.json: piiPepper: expected in PII_PEPPER`)
    expect(message).not.toContain(PII_PEPPER)
  })

  test('do not travel over plain http out of our own network', () => {
    expect(settingsIn(messageOf(strict({ CTM_API_URL: 'http://ctm.example.test' })))).toEqual(['CTM_API_URL'])
    expect(messageOf(strict({ CTM_API_URL: 'http://sandbox:4100/ctm' }))).toBe('')
  })
})

describe('a message', () => {
  test('shows no secret, whatever is wrong with it', () => {
    const message = messageOf({
      REDIS_URL: 'http://user:hunter2@cache',
      DATABASE_URL: 'hunter2',
      SESSION_SECRET: 'hunter2',
      METRICS_TOKEN: 'hunter2',
      PII_PEPPER: 'hunter2',
      ENCRYPTION_KEYS: 'k1:hunter2',
      DASHBOARD_USERS: 'ada:hunter2',
    })

    expect(settingsIn(message)).toHaveLength(7)
    expect(message).not.toContain('hunter2')
  })
})

describe('lists of secrets', () => {
  test('name the entry that is wrong by its place', () => {
    expect(messageOf({ ENCRYPTION_KEYS: `k1:${key()},k1:${key()}` })).toContain('entry 2 repeats k1')
    expect(messageOf({ ENCRYPTION_KEYS: `k1:${key()},k2:${key().slice(1)}` })).toContain(
      'entry 2 is not 32 bytes in base64',
    )
    expect(messageOf({ DASHBOARD_USERS: 'ada:admin:a,bob:boss:b' })).toContain('entry 2 has no such role')
  })

  test('are read in the order in which they are given', () => {
    const config = loadConfig({
      ENCRYPTION_KEYS: `new:${key()},old:${key()}`,
      DASHBOARD_USERS: 'ada:admin:with:colons,bob:viewer:b',
      WORKER_JOBS: 'google-ads,ctm',
    })

    expect(config.encryptionKeys.map(({ id }) => id)).toEqual(['new', 'old'])
    expect(config.dashboard.users).toEqual([
      { name: 'ada', role: 'admin', password: 'with:colons' },
      { name: 'bob', role: 'viewer', password: 'b' },
    ])
    expect(config.worker.jobs).toEqual(['google-ads', 'ctm'])
  })
})
