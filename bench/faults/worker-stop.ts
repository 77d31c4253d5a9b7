import type { Spawned } from '../../test/support/spawned'
import type { Fault, Recovered } from './fault'
import { busyWorker, secondsBetween, type StruckSync, syncsOf } from './looks'
import type { World } from './world'

/** SIGTERM of a worker, as by a deploy or a scale-in. */
export const workerStop: Fault = {
  kind: 'worker-stop',
  option: 'worker-stops',
  title: 'Worker told to stop (SIGTERM)',
  recovery: 'the next attempt of each of its syncs has begun elsewhere',
  target: 2,
  counts: { long: 30, short: 1 },
  pace: 4,
  async strike(world) {
    const struck = await busyWorker(world)
    const replaced = world.workers.add()
    const recover = async () => {
      const [recovered] = await Promise.all([handOver(world, struck), replaced])
      return recovered
    }
    return { recovered: recover() }
  },
}

/** Has a worker stop, and waits until others have taken up what it handed back. */
export async function handOver(world: World, worker: Spawned): Promise<Recovered> {
  const syncs = await syncsOf(world, worker)
  const at = await world.now()
  await world.inTime('the worker ends', world.workers.retire(worker))
  const begun = await untilTakenUp(world, syncs, at)
  return { seconds: secondsBetween(at, begun), notes: { 'syncs handed over': syncs.length } }
}

/** Those that ended well before they were told to stop have nothing to hand over. */
async function untilTakenUp(world: World, syncs: readonly StruckSync[], since: number): Promise<number> {
  return world.until('what it handed back is taken up', async () => {
    const { rows } = await world.fleet.database.query<{ last: Date | null; open: number }>(
      `select max(next.started_at) as last,
         count(*) filter (where next.started_at is null and s.settled_at is null)::int as open
       from unnest($1::bigint[], $2::int[]) struck (id, number)
       join syncs s on s.id = struck.id
       left join attempts next on next.sync_id = struck.id and next.number = struck.number + 1`,
      [syncs.map(({ id }) => id), syncs.map(({ attempt }) => attempt)],
    )
    const [found] = rows
    return found && found.open === 0 && (found.last?.getTime() ?? since)
  })
}
