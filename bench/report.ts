import { readFile, writeFile } from 'node:fs/promises'
import { cpus, release, totalmem, type } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { Client } from 'pg'
import type { Bench, BenchContext } from './bench'
import { isMet, type Figure } from './measure'

/** What a bench found, and where and of what. */
export interface Report {
  readonly bench: string
  readonly title: string
  readonly at: string
  readonly seed: number
  readonly rounds: number
  readonly machine: Readonly<Record<string, string | number>>
  readonly versions: Readonly<Record<string, string>>
  readonly figures: readonly Figure[]
}

/** Writes `results/<name>.json`, and returns what it holds. */
export async function report(
  { name, title }: Bench,
  { seed, rounds, redisUrl, databaseUrl }: BenchContext,
  figures: readonly Figure[],
): Promise<Report> {
  const found: Report = {
    bench: name,
    title,
    at: new Date().toISOString(),
    seed,
    rounds,
    ...(await surroundings(redisUrl, databaseUrl)),
    figures: figures.map(rounded),
  }
  await writeFile(join(__dirname, 'results', `${name}.json`), `${JSON.stringify(found, null, 2)}\n`)
  return found
}

/** The machine, and the versions of what was measured on it. */
export async function surroundings(
  redisUrl: string,
  databaseUrl: string,
): Promise<Pick<Report, 'machine' | 'versions'>> {
  return {
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      memoryGb: Math.round(totalmem() / 2 ** 30),
      system: `${type()} ${release()}`,
    },
    versions: {
      node: process.versions.node,
      ...(await packageVersions(['bullmq', 'ioredis', 'pg'])),
      redis: await redisVersion(redisUrl),
      postgres: await postgresVersion(databaseUrl),
    },
  }
}

/** A line per figure; one that misses its target says so. */
export function tableOf({ title, figures, rounds }: Report): string {
  const rows = figures.map((figure) => [
    figure.name,
    `${figure.median.toLocaleString('en-US')} ${figure.unit}`,
    figure.against ? `${figure.against.ratio} x ${figure.against.yardstick}` : '',
    verdictOf(figure),
  ])
  const widths = [0, 1, 2].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const lines = rows.map(([name = '', found = '', ratio = '', verdict = '']) =>
    `  ${name.padEnd(widths[0] ?? 0)}   ${found.padStart(widths[1] ?? 0)}   ${ratio.padEnd(widths[2] ?? 0)}   ${verdict}`.trimEnd(),
  )
  return [`${title} (medians of ${rounds} rounds)`, ...lines].join('\n')
}

function verdictOf(figure: Figure): string {
  const { target } = figure
  if (!target) return ''
  const wanted = 'atLeast' in target ? `at least ${target.atLeast}` : `at most ${target.atMost}`
  return `${isMet(figure) ? 'ok' : 'MISSED'}: ${wanted}`
}

/** Digits that no second run would repeat say nothing. */
const rounded = ({ against, ...figure }: Figure): Figure => ({
  ...figure,
  median: digits(figure.median),
  samples: figure.samples.map(digits),
  ...(against
    ? { against: { ...against, ratio: digits(against.ratio), ratios: against.ratios.map(digits) } }
    : {}),
})

const digits = (value: number) => Number(value.toPrecision(3))

async function packageVersions(names: readonly string[]): Promise<Record<string, string>> {
  const versions = names.map(async (name) => {
    const file = join(__dirname, '../node_modules', name, 'package.json')
    const { version } = JSON.parse(await readFile(file, 'utf8')) as { version: string }
    return [name, version] as const
  })
  return Object.fromEntries(await Promise.all(versions))
}

async function redisVersion(url: string): Promise<string> {
  const redis = new Redis(url)
  try {
    return /redis_version:(\S+)/.exec(await redis.info('server'))?.[1] ?? 'unknown'
  } finally {
    redis.disconnect()
  }
}

async function postgresVersion(url: string): Promise<string> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const { rows } = await client.query<{ server_version: string }>('show server_version')
    return rows[0]?.server_version ?? 'unknown'
  } finally {
    await client.end()
  }
}
