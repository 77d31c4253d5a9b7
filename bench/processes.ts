import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { seconds } from '../src/lib/durations'
import { wait } from '../src/lib/wait'
import { Fleet, type FleetCommand } from '../test/support/fleet'
import type { Bench, BenchContext } from './bench'
import { figureOf, median, type Figure } from './measure'

const commands = ['worker', 'scheduler', 'dashboard'] as const
/** After this long at rest nothing of the start is under way any more. */
const rest = seconds(10)

interface Start {
  readonly readyMs: number
  readonly residentMb: number
}

/** What an idle process holds, and how long it takes from its start until it is ready, against a bare process with nine BullMQ workers. */
export const processes: Bench = {
  name: 'processes',
  title: 'Idle processes: memory, and start to ready',
  rounds: 5,
  async run(context) {
    process.env['TEST_REDIS_URL'] = context.redisUrl
    process.env['TEST_DATABASE_URL'] = context.databaseUrl
    await using fleet = await Fleet.open([], Object.fromEntries(noSchedules))
    const starts = new Map<string, Start[]>()
    const keep = (name: string, start: Start) => starts.set(name, [...(starts.get(name) ?? []), start])
    const turns = [
      async () => keep('nine bare Workers', await bareStart(context)),
      ...commands.map((command) => async () => keep(command, await startOf(fleet, command, context))),
    ]
    for (let round = 0; round < context.rounds; round += 1)
      for (const turn of round % 2 === 0 ? turns : turns.toReversed()) await turn()
    return [...compared(starts, 'residentMb', 'MB resident'), ...compared(starts, 'readyMs', 'ms to ready')]
  },
}

/** Nothing falls due while memory is looked at. */
const noSchedules = [
  'SALESFORCE',
  'AUTHENTICOM',
  'DEALERTREND',
  'CAMPAIGN',
  'CTM',
  'GOOGLE_ADS',
  'CDK',
  'META_ADS',
  'ADS_CREATIVES',
].map((job) => [`${job}_CRON`, '0 0 1 1 *'] as const)

async function startOf(fleet: Fleet, command: FleetCommand, { signal }: BenchContext): Promise<Start> {
  const startedAt = performance.now()
  const { spawned, port } = await fleet.spawn(command)
  for (let isReady = false; !isReady;) {
    isReady = await fetch(`http://127.0.0.1:${port}/readyz`).then(
      ({ ok }) => ok,
      () => false,
    )
    if (!isReady) await wait(5, signal)
  }
  const readyMs = performance.now() - startedAt
  await wait(rest, signal)
  const residentMb = await residentOf(spawned.pid)
  await spawned.end('SIGTERM')
  return { readyMs, residentMb }
}

async function bareStart({ redisUrl, signal }: BenchContext): Promise<Start> {
  const startedAt = performance.now()
  const child = spawn(process.execPath, [join(__dirname, 'bare-workers.cjs'), redisUrl], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(createInterface({ input: child.stdout }), 'line')
  const readyMs = performance.now() - startedAt
  await wait(rest, signal)
  const residentMb = await residentOf(child.pid ?? 0)
  child.kill()
  await once(child, 'exit')
  return { readyMs, residentMb }
}

async function residentOf(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024
}

function compared(starts: ReadonlyMap<string, readonly Start[]>, what: keyof Start, unit: string): Figure[] {
  const of = (name: string) => (starts.get(name) ?? []).map((start) => start[what])
  const yardstick = 'nine bare Workers'
  return [
    figureOf(yardstick, unit, of(yardstick)),
    ...commands.map((command) => {
      const ratios = of(command).map((value, round) => value / (of(yardstick)[round] ?? Number.NaN))
      return {
        ...figureOf(command, unit, of(command)),
        against: { yardstick, ratio: median(ratios), ratios },
      }
    }),
  ]
}
