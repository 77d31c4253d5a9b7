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

  test.each([
    '',
    '* * * *',
    '60 * * * *',
    '*/90 * * * *',
    '0 0 30 2 *',
    '@daily',
    'H * * * *',
    '0  5 * * *',
    'abc d e f g',
  ])('refuses %j as a cron pattern', (given) => {
    expect(mistakesOf({ CTM_CRON: given })).toMatchObject([{ setting: 'CTM_CRON' }])
  })

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

describe('excluded windows', () => {
  const excludedOf = (text: string) =>
    loadConfig({ CTM_EXCLUDED: text }).jobs['ctm']?.excluded.map((window) => window.text)

  test('are none by default and where the text is empty, and those that a file or the environment lists', () => {
    expect(loadConfig({}).jobs['ctm']?.excluded).toEqual([])
    expect(excludedOf('')).toEqual([])
    expect(excludedOf('22:00-02:00,Sat 20:00-Sun 06:00')).toEqual(['22:00-02:00', 'Sat 20:00-Sun 06:00'])
    const file = { ...development, jobs: { ctm: { excluded: '22:00-02:00' } } }
    expect(loadConfig({}, { ...configFiles, development: file }).jobs['ctm']?.excluded).toHaveLength(1)
  })

  test('are refused where an entry is no window, with its place and what is wrong', () => {
    const expected =
      'expected windows between commas, each 22:00-02:00 for every day or Sat 20:00-Sun 06:00 for every week'
    for (const [given, problem] of [
      ['22-02', 'entry 1 is not written like either'],
      ['22:00-02:00, 04:00-05:00', 'entry 2 is not written like either'],
      ['22:00-24:00', 'entry 1 names 24:00, which is no time from 00:00 to 23:59'],
      [
        '22:00-02:00,Sam 20:00-Sun 06:00',
        'entry 2 names Sam, which is none of Sun, Mon, Tue, Wed, Thu, Fri, Sat',
      ],
      ['Sat 20:00-06:00', 'entry 1 names a weekday at one end only'],
      ['06:00-06:00', 'entry 1 ends when it begins'],
      ['22:00-02:00,22:00-02:00', 'entry 2 repeats 22:00-02:00'],
    ] as const)
      expect(textsOf({ CTM_EXCLUDED: given })).toEqual([
        `CTM_EXCLUDED: ${expected}: ${problem} (got "${given}")`,
      ])
  })

  test('are refused where they leave the job nothing to run', () => {
    expect(textsOf({ CTM_CRON: '0 23 * * *', CTM_EXCLUDED: '22:00-02:00' })).toEqual([
      'CTM_EXCLUDED: expected some time in which CTM_CRON=0 23 * * * is due; CTM_MODE=off stops a job (got "22:00-02:00")',
    ])
    expect(textsOf({ CTM_EXCLUDED: '22:00-02:00,02:00-22:00' })).toHaveLength(1)
    expect(textsOf({ CTM_CRON: '0 23 * * *', CTM_EXCLUDED: 'Mon 00:00-Sun 22:00' })).toEqual([])
  })
})

test('a spread that lasts as long as a run may is refused', () => {
  expect(textsOf({ CTM_SPREAD_SECONDS: '600', CTM_RUN_DEADLINE_SECONDS: '600' })).toEqual([
    'CTM_SPREAD_SECONDS: expected less than CTM_RUN_DEADLINE_SECONDS, which is 600 (got 600)',
  ])
})

test('a spread into the next slot is refused', () => {
  expect(textsOf({ CTM_SPREAD_SECONDS: '900', CTM_CRON: '0,15 * * * *' })).toEqual([
    'CTM_SPREAD_SECONDS: expected less than the time from one slot of CTM_CRON=0,15 * * * * to the next, which is 900 (got 900)',
  ])
  expect(textsOf({ CTM_SPREAD_SECONDS: '899', CTM_CRON: '0,15 * * * *' })).toEqual([])
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
