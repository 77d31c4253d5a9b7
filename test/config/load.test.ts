import { join } from 'node:path'
import development from '../../config/development.json'
import { ConfigError, type Mistake } from '../../config/config-error'
import { configFiles } from '../../config/files'
import { loadConfig } from '../../config/load'
import { hours, minutes, seconds } from '../../src/lib/durations'
import { emptyFolder, fileNamed } from '../support/files'
import { production } from './production'

const mistakesOf = (env: NodeJS.ProcessEnv, files = configFiles): readonly Mistake[] => {
  try {
    loadConfig(env, files)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes
    throw error
  }
}
const textOf = (mistake: Mistake): string => `${mistake.setting}: ${mistake.problem} (got ${mistake.given})`
const textsOf = (...given: Parameters<typeof mistakesOf>): string[] => mistakesOf(...given).map(textOf)
const fileHolding = (content: string): string => fileNamed('secret', content)

describe('loadConfig', () => {
  test('needs nothing in development and in test', () => {
    expect(loadConfig({}).environment).toBe('development')
    expect(loadConfig({ NODE_ENV: 'test' }).jobs['ctm']?.cron).toBe('*/5 * * * * *')
  })

  test('prefers the environment to the file, and the file to the default', () => {
    const config = loadConfig({ CTM_CRON: '*/7 * * * * *', CTM_DEADLINE_SECONDS: '90' })

    expect(config.jobs['ctm']).toMatchObject({
      cron: '*/7 * * * * *',
      backoff: seconds(2),
      deadline: seconds(90),
      attempts: 6,
    })
  })

  test('takes the definitions’ own schedules in production', () => {
    const config = loadConfig(production())

    expect(config.jobs['ctm']).toMatchObject({ cron: '*/15 * * * *', mode: 'live', deadline: hours(1) })
    expect(config.jobs['cdk']).toMatchObject({ mode: 'live', backoffCap: minutes(10) })
  })

  test('names ten different mistakes at once, each with setting, value and expectation', () => {
    const texts = textsOf({
      ...production(),
      REDIS_URL: 'http://cache.example.test',
      PORT: '3000;x',
      SHUTDOWN_GRACE_SECONDS: '12abc',
      CTM_CRON: '*/5 * * * * *',
      GOOGLE_ADS_TIMEZONE: 'America/Chicgo',
      CDK_MODE: 'on',
      META_ADS_MISSED: 'run-twice',
      CTM_CORN: '* * * * *',
      QUEUE_PREFX: 'x',
      SALESFORCE_BACKOFF_SECONDS: '900',
    })

    expect(texts).toHaveLength(10)
    expect(texts).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^REDIS_URL: expected a redis:\/\/ or rediss:\/\/ URL.*its scheme is http/),
        'PORT: expected a port from 1 to 65535, or 0 for any free one (got "3000;x")',
        'SHUTDOWN_GRACE_SECONDS: expected whole seconds from 0 to 600 (got "12abc")',
        expect.stringMatching(/^CTM_CRON: expected a cron pattern of five fields.*this has 6 \(got "\*\/5/),
        expect.stringMatching(/^GOOGLE_ADS_TIMEZONE: expected an IANA time zone.*\(got "America\/Chicgo"\)$/),
        'CDK_MODE: expected one of off, shadow, live: did you mean off? (got "on")',
        expect.stringMatching(
          /^META_ADS_MISSED: expected one of skip, run-once, run-all.*\(got "run-twice"\)$/,
        ),
        'CTM_CORN: no such setting; did you mean CTM_CRON? (got undefined)',
        'QUEUE_PREFX: no such setting; did you mean QUEUE_PREFIX? (got undefined)',
        'SALESFORCE_BACKOFF_SECONDS: expected no more than SALESFORCE_BACKOFF_CAP_SECONDS, which is 600 (got 900)',
      ]),
    )
  })

  test.each(['', ' 5', '5 ', '1e3', '0x10', '-1', '4.5', '12abc'])(
    'refuses %j as a whole number',
    (given) => {
      expect(mistakesOf({ CTM_ATTEMPTS: given })).toMatchObject([
        { setting: 'CTM_ATTEMPTS', given: JSON.stringify(given) },
      ])
    },
  )

  test.each(['', '* * * *', '60 * * * *', '0 0 30 2 *', '@daily', 'H * * * *', '0  5 * * *', 'abc d e f g'])(
    'refuses %j as a cron pattern',
    (given) => {
      expect(mistakesOf({ CTM_CRON: given })).toMatchObject([{ setting: 'CTM_CRON' }])
    },
  )

  test('refuses an environment that it does not know, and still checks the rest', () => {
    expect(mistakesOf({ NODE_ENV: 'prod', PORT: 'x' }).map(({ setting }) => setting)).toEqual([
      'NODE_ENV',
      'PORT',
    ])
  })

  test('leaves names alone that belong to others', () => {
    expect(
      mistakesOf({ PATH: '/bin', HOST: 'x', NODE_PATH: 'x', REDIS_PORT: 'tcp://1', CDK_DEFAULT_REGION: 'x' }),
    ).toEqual([])
  })

  test('refuses any other name under a job’s prefix', () => {
    expect(textsOf({ CTM_SCHEDULE: '* * * * *' })).toEqual([
      expect.stringMatching(/^CTM_SCHEDULE: no such setting/),
    ])
  })
})

describe('NAME_FILE', () => {
  test('stands for the content of the file, without the line break at its end', () => {
    const secret = 'a-token-that-is-long-enough'

    expect(loadConfig({ METRICS_TOKEN_FILE: fileHolding(`${secret}\n`) }).metricsToken).toBe(secret)
    expect(loadConfig({ NODE_ENV_FILE: fileHolding('test\n') }).environment).toBe('test')
  })

  test('is a mistake where the file cannot be read, or the name is set as well', () => {
    const folder = emptyFolder()

    expect(
      textsOf({
        PII_PEPPER_FILE: join(folder, 'none'),
        METRICS_TOKEN: 'a-token-that-is-long-enough',
        METRICS_TOKEN_FILE: fileHolding('x'),
      }),
    ).toEqual([
      expect.stringMatching(
        /^METRICS_TOKEN_FILE: expected either METRICS_TOKEN or METRICS_TOKEN_FILE, not both/,
      ),
      expect.stringMatching(/^PII_PEPPER_FILE: expected a file that can be read: ENOENT \(got ".*none"\)/),
    ])
  })

  test('does not print a secret that was given in place of a path', () => {
    const texts = textsOf({ PII_PEPPER_FILE: '/hunter2-hunter2', SESSION_SECRET_FILE: 'hunter2/hunter2' })

    expect(texts).toHaveLength(2)
    expect(texts.join('\n')).not.toContain('hunter2')
  })
})

const holding = (content: unknown) => ({ ...configFiles, development: content })

describe('a JSON file', () => {
  test('is refused for names it should not hold, with the nearest that it may', () => {
    const content = { ...development, jobs: { ctm: { corn: '* * * * *' }, cdx: {} }, worker: 5, portt: 1 }

    expect(textsOf({}, holding(content))).toEqual([
      expect.stringMatching(
        /^config\/development.json: jobs.ctm.corn: no such setting; did you mean jobs.ctm.cron\?/,
      ),
      expect.stringMatching(/^config\/development.json: jobs.cdx: no such setting; did you mean jobs.cdk\?/),
      expect.stringMatching(/^config\/development.json: worker: expected an object/),
      expect.stringMatching(/^config\/development.json: portt: no such setting/),
    ])
  })

  test('is named with the path of a wrong value', () => {
    const content = {
      ...development,
      healthPort: '80a',
      logLevel: { is: 'info' },
      jobs: { ctm: { attempts: 2.5 } },
    }

    expect(textsOf({}, holding(content))).toEqual([
      expect.stringMatching(/^config\/development.json: logLevel: expected one of error, warn, info, debug/),
      expect.stringMatching(/^config\/development.json: healthPort: expected a port .*\(got "80a"\)/),
      expect.stringMatching(
        /^config\/development.json: jobs.ctm.attempts: expected a whole number .*\(got 2.5\)/,
      ),
    ])
  })
})
