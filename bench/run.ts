import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { TestServers } from '../test/support/servers'
import type { Bench } from './bench'
import { fullSyncs } from './full-syncs'
import { isMet } from './measure'
import { noOpSyncs } from './no-op-syncs'
import { pages } from './pages'
import { planning } from './planning'
import { processes } from './processes'
import { redisCost } from './redis-cost'
import { report, tableOf, type Report } from './report'
import { sink } from './sink'
import { ticks } from './ticks'
import { workers } from './workers'

/** Every bench there is, in the order of the table. */
const benches: readonly Bench[] = [
  noOpSyncs,
  planning,
  sink,
  ticks,
  workers,
  processes,
  redisCost,
  fullSyncs,
  pages,
]

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string' }, seed: { type: 'string', default: '20260308' } },
})

/** A flag's whole number from 1 on; undefined where it is not given. */
function wholeNumber(flag: 'rounds' | 'seed'): number | undefined {
  const given = values[flag]
  if (given === undefined) return undefined
  if (/^[1-9]\d{0,8}$/.test(given)) return Number(given)
  throw new Error(`--${flag} is ${given}: expected a whole number from 1 on`)
}

/** With one name measures that bench here; with several, or none for all, each in a process of its own, so that none inherits a warm or littered heap. */
async function main(): Promise<void> {
  const [rounds, seed = 1] = [wholeNumber('rounds'), wholeNumber('seed')]
  const names = positionals.length > 0 ? positionals : benches.map(({ name }) => name)
  const chosen = names.map((name) => {
    const found = benches.find((bench) => bench.name === name)
    if (!found)
      throw new Error(`there is no bench ${name}, only ${benches.map((bench) => bench.name).join(', ')}`)
    return found
  })
  const [only, ...others] = chosen
  if (only && others.length === 0 && positionals.length > 0) return measure(only, rounds ?? only.rounds, seed)
  for (const { name } of chosen) {
    const flags = Object.entries(values).map(([flag, value]) => `--${flag}=${value}`)
    const { status } = spawnSync(process.execPath, [...process.execArgv, __filename, name, ...flags], {
      stdio: ['ignore', 'ignore', 'inherit'],
    })
    if (status !== 0 && status !== 3) throw new Error(`the bench ${name} failed`)
    const found = resultOf(name)
    console.log(`${tableOf(found)}\n`)
    tellMissed(found)
  }
}

async function measure(bench: Bench, rounds: number, seed: number): Promise<void> {
  const { REDIS_URL, DATABASE_URL } = process.env
  await using servers =
    REDIS_URL === undefined || DATABASE_URL === undefined
      ? await TestServers.start(randomBytes(12).toString('hex'), { durable: true })
      : undefined
  const context = {
    redisUrl: servers?.redis.url ?? REDIS_URL ?? '',
    databaseUrl: servers?.postgres.url ?? DATABASE_URL ?? '',
    rounds,
    seed,
    signal: new AbortController().signal,
  }
  const found = await report(bench, context, await bench.run(context))
  console.log(tableOf(found))
  tellMissed(found)
}

/** The exit code 3 says that all was measured, and that not every figure is what it should be. */
function tellMissed({ figures }: Report): void {
  if (figures.some((figure) => isMet(figure) === false)) process.exitCode = 3
}

const resultOf = (name: string): Report =>
  JSON.parse(readFileSync(join(resolve(__dirname), 'results', `${name}.json`), 'utf8')) as Report

void main().catch((error: unknown) => {
  console.error(error)
  process.exitCode = 1
})
