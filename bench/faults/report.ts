import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { countsInWords, sumOf } from './counts'
import { type FaultResult, totalOf } from './findings'

/** All that is kept of a campaign. */
export interface FaultReport {
  readonly form: 'long' | 'short'
  /** Why it holds less than was asked for; absent where it holds all. */
  readonly partial?: string
  readonly fleet: Readonly<Record<string, number>>
  readonly machine: Readonly<Record<string, string | number>>
  readonly versions: Readonly<Record<string, string>>
  readonly faults: readonly FaultResult[]
}

/** Writes `faults.json` and `faults.md`. */
export async function writeReport(report: FaultReport, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'faults.json'), `${JSON.stringify(report, null, 2)}\n`)
  await writeFile(join(folder, 'faults.md'), markdownOf(report))
}

/** The report for people. */
export function markdownOf(report: FaultReport): string {
  const { faults, machine, versions, fleet } = report
  const told = faults.filter(({ notes }) => Object.keys(notes).length > 0)
  return [
    '# What faults cost',
    '',
    ...(report.partial === undefined ? [] : [`**Partial: ${report.partial}.**`, '']),
    ...originsOf(faults),
    '',
    'What each row means: [docs/faults.md](../../docs/faults.md).',
    '',
    `- Fleet: ${listed(fleet)}; Redis with an append-only file, Postgres that waits for its disk, the simulated vendors, all on one machine`,
    `- Machine: ${listed(machine)}`,
    `- Versions: ${listed(versions)}`,
    '',
    summaryOf(faults),
    '',
    '| fault | struck | recovered | median s | worst s | target s | lost | doubled | stuck |',
    '| --- | ---: | ---: | ---: | ---: | ---: | --- | --- | --- |',
    ...faults.map(rowOf),
    '',
    '## What recovered means',
    '',
    ...faults.map(({ title, recovery }) => `- **${title}**: ${recovery}.`),
    '',
    '## Besides',
    '',
    '| fault | what | median | worst | total |',
    '| --- | --- | ---: | ---: | ---: |',
    ...told.flatMap(({ title, notes }) =>
      Object.entries(notes).map(([name, spread]) =>
        cells([title, name, spread.median, spread.worst, name.startsWith('seconds') ? '' : spread.total]),
      ),
    ),
    '',
    ...failuresOf(faults),
    '## What was put to the test',
    '',
    ...Object.entries(totalOf(faults, 'witnessed')).map(
      ([name, count]) => `- ${name}: ${count.toLocaleString('en-US')}`,
    ),
    '',
  ].join('\n')
}

/** How the rows were made: several ways, where some were kept from an earlier report. */
function originsOf(faults: readonly FaultResult[]): string[] {
  const kindsOf = new Map<string, string[]>()
  for (const { at, command, seed, kind } of faults) {
    const origin = `Made by \`${command}\` on ${at.slice(0, 10)}, seed ${seed}`
    kindsOf.set(origin, [...(kindsOf.get(origin) ?? []), kind])
  }
  return [...kindsOf].map(([origin, kinds]) => `${origin}${kindsOf.size > 1 ? `: ${kinds.join(', ')}` : ''}.`)
}

/** The rows that a report in this folder has, those of some kinds excepted; none where there is no report. */
export async function keptRows(folder: string, except: ReadonlySet<string>): Promise<FaultResult[]> {
  const text = await readFile(join(folder, 'faults.json'), 'utf8').catch(() => undefined)
  if (text === undefined) return []
  return (JSON.parse(text) as FaultReport).faults.filter(({ kind }) => !except.has(kind))
}

/** The whole in a sentence or two. */
export function summaryOf(faults: readonly FaultResult[]): string {
  const struck = faults.reduce((sum, fault) => sum + fault.struck, 0)
  const recovered = faults.reduce((sum, fault) => sum + fault.recovered, 0)
  const stuck = faults.reduce((sum, fault) => sum + fault.stuck.length, 0)
  const missed = faults.filter(({ isTargetMet }) => isTargetMet === false).map(({ title }) => title)
  const unjudged = faults.filter(({ isJudged }) => !isJudged).map(({ title }) => title)
  return [
    `${struck} faults, ${recovered} recovered from.`,
    `Lost: ${countsInWords(totalOf(faults, 'lost'))}. Doubled: ${countsInWords(totalOf(faults, 'doubled'))}. Stuck: ${stuck}.`,
    missed.length === 0 ? 'Every target was met.' : `Targets missed: ${missed.join('; ')}.`,
    ...(unjudged.length === 0 ? [] : [`Not lived to the end, so not judged: ${unjudged.join('; ')}.`]),
  ].join(' ')
}

/** True where every strike was recovered from and nothing was lost, doubled or stuck. Seconds are no part of it. */
export const isFaultless = ({ failures, isJudged, lost, doubled, stuck }: FaultResult): boolean =>
  failures.length === 0 && isJudged && sumOf(lost) === 0 && sumOf(doubled) === 0 && stuck.length === 0

function rowOf(fault: FaultResult): string {
  const { isJudged, targetSeconds, isTargetMet } = fault
  const verdict = isTargetMet === false ? ' **missed**' : ''
  return cells([
    fault.title,
    fault.struck < fault.wanted ? `${fault.struck} of ${fault.wanted}` : fault.struck,
    fault.recovered,
    fault.medianSeconds?.toFixed(1) ?? '',
    fault.worstSeconds?.toFixed(1) ?? '',
    targetSeconds === null ? '' : `${targetSeconds}${verdict}`,
    isJudged ? countsInWords(fault.lost) : '?',
    isJudged ? countsInWords(fault.doubled) : '?',
    isJudged ? fault.stuck.length : '?',
  ])
}

function failuresOf(faults: readonly FaultResult[]): string[] {
  const failed = faults.flatMap(({ title, failures, stuck }) =>
    [...failures, ...stuck].map((what) => `- **${title}**: ${what.replaceAll('\n', ' ')}`),
  )
  return failed.length === 0 ? [] : ['## What did not recover', '', ...failed, '']
}

const cells = (values: readonly (string | number)[]): string => `| ${values.join(' | ')} |`

const listed = (facts: Readonly<Record<string, string | number>>): string =>
  Object.entries(facts)
    .map(([name, value]) => `${name} ${value}`)
    .join(', ')
