import { writeFileSync } from 'node:fs'
import { jobs } from '../jobs'
import { envPrefix } from './job-settings'
import { environmentSetting, schemaOf } from './schema'
import { settingsIn, type NamedSetting, type Setting } from './setting'

const schema = schemaOf('production')
const general: readonly NamedSetting[] = [
  { path: 'NODE_ENV', setting: environmentSetting },
  ...settingsIn(schema).filter(({ path }) => !path.startsWith('jobs.') && !path.startsWith('vendors.')),
]
const vendors = settingsIn({ vendors: schema.vendors })

/** The environment file to start from: every name there is, with what it is for and what it is by default. */
export function envExample(): string {
  const sections = [
    section('General', general),
    section('Vendors', vendors),
    ...jobs.map((job) => section(job.title, settingsOf(job.id))),
  ]
  return `${[
    '# Every setting that Syncfleet knows. Copy this file, remove the # in front of what you set, and hand it over as',
    '# an environment file: docker compose, systemd, `node --env-file` and others read this form.',
    '# NAME_FILE=/path may stand for any NAME: the value is what that file holds.',
    '# Made from config/schema.ts by `npm run generate`; change it there.',
    ...sections,
  ].join('\n')}\n`
}

const section = (title: string, settings: readonly NamedSetting[]): string =>
  [`\n# ${title}`, ...settings.map(({ setting }) => `\n${commented(setting)}`)].join('\n')

const commented = (setting: Setting): string =>
  [
    `# ${setting.doc}`,
    `# ${sentence(setting.format.expected)}${requirement(setting)}`,
    `#${setting.env}=${setting.default ?? ''}`,
  ].join('\n')

/** The reference of all settings, for `docs/settings.md`. */
export function settingsPage(): string {
  const prefix = '`<JOB>`'
  return `${[
    '# Settings',
    'Made from `config/schema.ts` by `npm run generate`; a test fails when this page is stale.',
    'A setting is taken from the environment, else from the JSON file of `NODE_ENV` (`config/development.json`, `test.json`, `staging.json`, `production.json`), else it is the default. `NAME_FILE` may stand for any `NAME` in the environment: the value is what that file holds, without the line break at its end. Every mistake is reported at once, before anything is connected; `syncfleet check` does only that much and then tries the connections.',
    'Secrets of vendors are no settings: they are credentials in the ledger, brought in by `syncfleet credentials`.',
    '## General',
    table(general),
    '## Vendors',
    table(vendors),
    '## Jobs',
    `Every job has the settings below, with the job's id in the place of ${prefix}: ${jobs.map(({ id }) => `\`${envPrefix(id)}\``).join(', ')}. In a JSON file they stand under \`jobs.<job id>\`.`,
    jobTable(),
    '### Defaults of the jobs',
    defaultsTable(),
  ].join('\n\n')}\n`
}

const table = (settings: readonly NamedSetting[]): string =>
  markdown(
    ['Environment', 'In a file', 'Default', 'What for'],
    settings.map(({ path, setting }) => [
      `\`${setting.env}\``,
      path === setting.env ? '' : `\`${path}\``,
      defaultOf(setting),
      `${setting.doc} ${sentence(setting.format.expected)}`,
    ]),
  )

function jobTable(): string {
  const [first] = jobs
  return markdown(
    ['Environment', 'In a file', 'What for'],
    settingsOf(first.id).map(({ path, setting }) => [
      `\`<JOB>_${setting.env.slice(envPrefix(first.id).length)}\``,
      `\`${path}\``,
      // Only here the job's own title would mislead: the table stands for all of them.
      `${setting.doc.replace(first.title, 'the job')} ${sentence(expectedOfWritten(path, setting))}`,
    ]),
  )
}

/** What a job's mode may be once its sync is written; jobs without one may only be off. */
const expectedOfWritten = (path: string, setting: Setting): string =>
  path === 'mode'
    ? 'one of off, shadow, live; only off while the job has no sync yet'
    : setting.format.expected

const defaultsTable = (): string =>
  markdown(
    ['Job', ...settingsOf(jobs[0].id).map(({ path }) => `\`${path}\``)],
    jobs.map(({ id }) => [`\`${id}\``, ...settingsOf(id).map(({ setting }) => defaultOf(setting))]),
  )

const settingsOf = (jobId: string): NamedSetting[] => settingsIn(schema.jobs[jobId] ?? {})

const defaultOf = (setting: Setting): string => {
  if (setting.default === null) return requirement(setting).trim().replace(/\.$/, '')
  return setting.default === '' ? 'empty' : `\`${setting.default}\``
}
const requirement = ({ default: value, optional }: Setting): string => {
  if (value !== null) return ''
  return optional ? ' Optional.' : ' Required.'
}
const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`

/** A table as the formatter would lay it out. */
function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')))
  const widths = head.map((_, column) => Math.max(3, ...cells.map((row) => (row[column] ?? '').length)))
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell, column) => cell + ' '.repeat((widths[column] ?? 0) - cell.length)).join(' | ')} |`
  const [first = [], ...others] = cells
  return [line(first), line(widths.map((width) => '-'.repeat(width))), ...others.map(line)].join('\n')
}

if (require.main === module) {
  writeFileSync('.env.example', envExample())
  writeFileSync('docs/settings.md', settingsPage())
}
