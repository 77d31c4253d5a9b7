import { only } from '../../src/lib/sql'
import type { Fault } from './fault'
import { handOver } from './worker-stop'
import type { World } from './world'

/** Every scheduler and worker replaced, one after the other: the new one starts before the old one is told to stop. */
export const deploy: Fault = {
  kind: 'deploy',
  option: 'deploys',
  title: 'Rolling deploy of every scheduler and worker, across slots',
  recovery: 'the slowest of its workers’ syncs has been taken up, from the SIGTERM of that worker',
  counts: { long: 30, short: 1 },
  pace: 14,
  async strike(world) {
    const before = await spentSoFar(world)
    const recover = async () => {
      let slowest = 0
      for (const scheduler of world.schedulers.members) {
        await world.schedulers.add()
        await world.inTime('a scheduler ends', world.schedulers.retire(scheduler))
      }
      for (const worker of world.workers.members) {
        await world.workers.add()
        slowest = Math.max(slowest, (await handOver(world, worker)).seconds)
      }
      const after = await spentSoFar(world)
      return {
        seconds: slowest,
        notes: {
          interruptions: after.interruptions - before.interruptions,
          'attempts spent': after.failures - before.failures,
          crashes: after.crashes - before.crashes,
        },
      }
    }
    return { recovered: recover() }
  },
}

interface Spent {
  readonly interruptions: number
  readonly failures: number
  readonly crashes: number
}

const spentSoFar = async (world: World): Promise<Spent> =>
  only(
    await world.fleet.database.query<Spent>(
      `select coalesce(sum(interruptions), 0)::int as interruptions, coalesce(sum(failures), 0)::int as failures,
         coalesce(sum(crashes), 0)::int as crashes from syncs`,
    ),
  )
