import type { Fault } from './fault'
import { busyWorker, secondsBetween, syncsOf, untilGotOn } from './looks'

/** `kill -9` of a worker. */
export const workerKill: Fault = {
  kind: 'worker-kill',
  option: 'worker-kills',
  title: 'Worker killed (-9) in the middle of syncs',
  recovery: 'each of its syncs has written its next page elsewhere',
  target: 10,
  counts: { long: 300, short: 2 },
  pace: 5,
  overlap: 4500,
  async strike(world) {
    const struck = await busyWorker(world)
    world.workers.drop(struck)
    const at = await world.now()
    await struck.end('SIGKILL')
    const replaced = world.workers.add()
    const syncs = await syncsOf(world, struck)
    const recover = async () => {
      const [gotOn] = await Promise.all([untilGotOn(world, syncs, { since: at }), replaced])
      return { seconds: secondsBetween(at, gotOn), notes: { 'syncs struck': syncs.length } }
    }
    return { recovered: recover() }
  },
}
