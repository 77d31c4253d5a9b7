import type { Bench, BenchContext } from './bench'
import { FullLoad, type Loaded } from './full-load'
import { type FullSyncWorld, sandboxOf, worlds } from './full-sync-worlds'
import { type Figure, figureOf, median } from './measure'
import { SandboxApart } from './sandbox-apart'

const start = new Date('2026-10-30T15:20:00Z')

/** A full load, and the milliseconds that the sink alone takes to write the same. */
interface Round extends Loaded {
  readonly alone: number
}

/**
 * First loads with the real engine, one account after the other, each from empty tables until they equal what the sandbox
 * lists. Waits for extracts are skipped, and no rate limit holds anybody up. The vendor's part is from a request's being
 * sent until its answer is read, parsed and checked, or, where it is streamed, until the last of it is; the sink's is the
 * writing of pages, also while an answer is streamed. What is left is mapping, and the engine around it. The yardstick is the sink alone,
 * writing the same pages into the same empty tables.
 */
export const fullSyncs: Bench = {
  name: 'full-syncs',
  title:
    'Full syncs of one account of each job with one worker; the sandbox is a process of its own, its CPU time not ours',
  rounds: 5,
  async run(context) {
    process.env['TEST_REDIS_URL'] = context.redisUrl
    process.env['TEST_DATABASE_URL'] = context.databaseUrl
    await using sandbox = await SandboxApart.start(sandboxOf, start)
    const figures: Figure[] = []
    for (const world of worlds) figures.push(...(await measured(world, sandbox, context)))
    return figures
  },
}

async function measured(
  world: FullSyncWorld,
  sandbox: SandboxApart,
  { rounds, signal }: BenchContext,
): Promise<readonly Figure[]> {
  await using load = await FullLoad.open(world, sandbox)
  // Warms up, and leaves the pages that the sink writes alone.
  await load.full(signal)
  await load.alone()
  const found: Round[] = []
  for (let round = 0; round < rounds; round += 1) {
    signal.throwIfAborted()
    if (round % 2 === 0) {
      const full = await load.full(signal)
      found.push({ ...full, alone: await load.alone() })
    } else {
      const alone = await load.alone()
      found.push({ ...(await load.full(signal)), alone })
    }
  }
  return figuresOf(world.name, found)
}

function figuresOf(name: string, found: readonly Round[]): readonly Figure[] {
  const yardstick = `${name}: the sink alone`
  const perSecond = (time: (round: Round) => number) =>
    found.map((round) => (round.rows / time(round)) * 1000)
  const share = (what: string, time: (round: Round) => number) =>
    figureOf(
      `${name}: ${what}`,
      '% of the time',
      found.map((round) => (time(round) / round.took) * 100),
    )
  const ratios = found.map(({ alone, took }) => alone / took)
  return [
    figureOf(
      yardstick,
      'rows/s',
      perSecond(({ alone }) => alone),
    ),
    {
      ...figureOf(
        name,
        'rows/s',
        perSecond(({ took }) => took),
      ),
      against: { yardstick, ratio: median(ratios), ratios },
    },
    share('the vendor', ({ vendor }) => vendor),
    share('the sink', ({ sink }) => sink),
    share('the rest', ({ took, vendor, sink }) => took - vendor - sink),
    share('CPU of the worker', ({ cpu }) => cpu),
    share('CPU of the sandbox', ({ sandboxCpu }) => sandboxCpu),
  ]
}
