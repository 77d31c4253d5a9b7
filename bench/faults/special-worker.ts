import type { Spawned } from '../../test/support/spawned'
import { busyWorker } from './looks'
import type { World } from './world'

/** How many ordinary workers make room, so that a special one comes by work at once. */
const makingRoom = 2

/** Starts a worker with settings of its own in the place of ordinary ones; resolves when it is in the middle of syncs. */
export async function startSpecialWorker(
  world: World,
  env: Readonly<Record<string, string>>,
): Promise<Spawned> {
  const ordinary = world.workers.members
  const special = await world.workers.add(env)
  for (const worker of ordinary.slice(0, makingRoom))
    await world.inTime('a worker makes room', world.workers.retire(worker))
  return busyWorker(world, () => [special])
}

/** Ends it, and has ordinary ones in its place again. */
export async function endSpecialWorker(world: World, special: Spawned): Promise<void> {
  await Promise.all(Array.from({ length: makingRoom }, () => world.workers.add()))
  await world.inTime('the worker ends', world.workers.retire(special))
}
