import { Redis } from 'ioredis'
import { deferred } from '../test/support/deferred'
import type { Bench } from './bench'
import { figureOf, median, type Figure } from './measure'
import { Spine } from './spine'

const syncsPerRound = 2000
const concurrency = 50

interface Cost {
  /** Per sync, those inside scripts included. */
  readonly commands: number
  /** Per sync, once it is over and kept for Bull Board. */
  readonly bytes: number
}

/** What a sync costs Redis, from being queued to being kept, against a job of bare BullMQ that does nothing. */
export const redisCost: Bench = {
  name: 'redis-cost',
  title: `Redis: commands and memory of a sync, ${syncsPerRound} a round`,
  rounds: 5,
  async run(context) {
    await using spine = await Spine.open(context, syncsPerRound)
    const redis = new Redis(context.redisUrl)
    try {
      const ours: Cost[] = []
      const bare: Cost[] = []
      const turns = [
        async () =>
          bare.push(
            await costOf(redis, async () => {
              const queue = await spine.addBare(syncsPerRound)
              await spine.consumeBare(queue, concurrency, syncsPerRound)
            }),
          ),
        async () => ours.push(await costOf(redis, () => wholeRun(spine))),
      ]
      for (let round = 0; round < context.rounds; round += 1)
        for (const turn of round % 2 === 0 ? turns : turns.toReversed()) await turn()
      return [...compared('commands', 'commands', ours, bare), ...compared('memory', 'bytes', ours, bare)]
    } finally {
      redis.disconnect()
    }
  },
}

async function wholeRun(spine: Spine): Promise<void> {
  const { runId } = await spine.plan()
  const { promise: over, resolve } = deferred()
  const perform = spine.performer((settled) => {
    if (settled === runId) resolve()
  })
  await spine.consume(perform, concurrency, over)
}

async function costOf(redis: Redis, work: () => Promise<void>): Promise<Cost> {
  await redis.config('RESETSTAT')
  const before = await usedBytes(redis)
  await work()
  const commands = [...(await redis.info('commandstats')).matchAll(/calls=(\d+)/g)]
  const calls = commands.reduce((sum, [, count]) => sum + Number(count), 0)
  return { commands: calls / syncsPerRound, bytes: ((await usedBytes(redis)) - before) / syncsPerRound }
}

const usedBytes = async (redis: Redis): Promise<number> =>
  Number(/used_memory:(\d+)/.exec(await redis.info('memory'))?.[1])

function compared(name: string, unit: keyof Cost, ours: readonly Cost[], bare: readonly Cost[]): Figure[] {
  const yardstick = `${name} of a bare job`
  const ratios = ours.map((cost, round) => cost[unit] / (bare[round]?.[unit] ?? Number.NaN))
  return [
    figureOf(
      yardstick,
      unit,
      bare.map((cost) => cost[unit]),
    ),
    {
      ...figureOf(
        `${name} of a sync`,
        unit,
        ours.map((cost) => cost[unit]),
      ),
      against: { yardstick, ratio: median(ratios), ratios },
    },
  ]
}
