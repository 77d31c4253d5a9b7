import { rootCertificates } from 'node:tls'
import { ConfigError } from '../../config/config-error'
import { loadConfig } from '../../config/load'
import { fileNamed } from '../support/files'

const problemsOf = (env: NodeJS.ProcessEnv): string[] => {
  try {
    loadConfig(env)
    return []
  } catch (error) {
    if (error instanceof ConfigError)
      return error.mistakes.map(({ setting, problem }) => `${setting}: ${problem}`)
    throw error
  }
}

describe('the settings of Redis', () => {
  const [ca = '', another = ''] = rootCertificates

  test('are one address with its prefix, and what goes with it', () => {
    const url = 'rediss+sentinel://fleet:secret@one,two,three/mymaster'
    const env = { REDIS_URL: url, REDIS_CA_FILE: fileNamed('ca.pem', ca), QUEUE_PREFIX: 'east' }

    expect(loadConfig({ ...env, REDIS_SENTINEL_PASSWORD: 'p', REDIS_SENTINEL_USERNAME: 'u' }).redis).toEqual({
      url,
      prefix: 'east',
      ca,
      sentinelUsername: 'u',
      sentinelPassword: 'p',
    })
  })

  test('ask for a prefix in braces on a cluster', () => {
    const env = { REDIS_URL: 'redis+cluster://one,two' }

    expect(problemsOf(env)).toEqual([
      expect.stringMatching(/^QUEUE_PREFIX: expected it in braces.*\{syncfleet\}$/),
    ])
    expect(problemsOf({ ...env, QUEUE_PREFIX: '{syncfleet}' })).toEqual([])
  })

  test('may not say what the address has no use for', () => {
    expect(
      problemsOf({
        REDIS_URL: 'redis://one',
        REDIS_CA: ca,
        REDIS_SENTINEL_USERNAME: 'u',
        REDIS_SENTINEL_PASSWORD: 'p',
      }),
    ).toEqual([
      'REDIS_CA: of no use, since REDIS_URL speaks no TLS; rediss does',
      'REDIS_SENTINEL_USERNAME: of no use, since REDIS_URL names no Sentinels',
      'REDIS_SENTINEL_PASSWORD: of no use, since REDIS_URL names no Sentinels',
    ])
  })

  test('ask for the password of a Sentinels’ user', () => {
    expect(problemsOf({ REDIS_URL: 'redis+sentinel://one/mymaster', REDIS_SENTINEL_USERNAME: 'u' })).toEqual([
      'REDIS_SENTINEL_PASSWORD: not set: expected the password of the user in REDIS_SENTINEL_USERNAME',
    ])
  })

  test('take certificates only, and never print what was given instead', () => {
    const block = (name: string) => `-----BEGIN ${name}-----\naHVudGVyMg==\n-----END ${name}-----`
    for (const wrong of [
      'hunter2',
      '/etc/ca.pem',
      block('PRIVATE KEY'),
      block('CERTIFICATE'),
      `${ca}${block('CERTIFICATE')}`,
    ]) {
      const problems = problemsOf({ REDIS_URL: 'rediss://one', REDIS_CA: wrong })
      expect(problems).toEqual([expect.stringMatching(/^REDIS_CA: expected certificates in PEM/)])
      expect(problems.join()).not.toMatch(/hunter2|aHVudGVyMg/)
    }
    expect(problemsOf({ REDIS_URL: 'rediss://one', REDIS_CA: `${ca}\n${another}` })).toEqual([])
  })
})
